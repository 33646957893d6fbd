import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ThisNode } from '../../../shared/model/this-node.ts';
import type { ThisNodeCall } from '../../../shared/services.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import type { Host } from '../../api/host.ts';
import { toast } from '../../ui/toasts.tsx';

const key = ['own-node'];
const lookEvery = 2_000;

/** This machine as its owner sees it, and the one way to change it: the app asks its own process, a browser asks its host. */
export function useOwnNode() {
  const { host } = useApi();
  return useQuery({
    queryKey: key,
    queryFn: () => ask(host, { do: 'look' }),
    refetchInterval: lookEvery,
    retry: 1,
  });
}

export type Change = (call: ThisNodeCall) => void;

/** Says what went wrong where nothing in sight does. */
export const sayFailure = (error: unknown) => toast({ text: errorWords(error).what, sign: 'failed' });

/** Does what the owner wants, and shows how the machine stands then. */
export function useChange() {
  const { host } = useApi();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (call: ThisNodeCall) => ask(host, call),
    onMutate: () => cache.cancelQueries({ queryKey: key }),
    onSuccess: (own) => cache.setQueryData(key, own),
  });
}

/** Null where this machine is no node. */
async function ask({ desktop, client }: Host, call: ThisNodeCall): Promise<ThisNode | null> {
  if (desktop !== null) return desktop.call('thisNode', call);
  switch (call.do) {
    case 'look':
      return (await client.call('getThisNode', {})).own;
    case 'change':
      return client.call('changeThisNode', { body: call.settings });
    case 'pause':
      return client.call('pauseThisNode', {});
    case 'resume':
      return client.call('resumeThisNode', {});
    case 'drain':
      return client.call('drainThisNode', {});
    case 'rotate-key':
      return client.call('rotateThisNodeKey', {});
    case 'move':
      return client.call('moveThisNodeFiles', { body: { to: call.to } });
    case 'cancel-move':
      return client.call('cancelThisNodeMove', {});
    case 'leave':
      return client.call('leaveWorkspace', { body: { host: call.host, workspaceId: call.workspaceId } });
  }
}
