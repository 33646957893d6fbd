import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { FlowFile } from '../../../shared/model/flow.ts';
import type { FlowSummary } from '../../../shared/model/run.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { keys } from '../../api/keys.ts';
import { useWorkspace } from '../../app/workspace.ts';
import { toast } from '../../ui/toasts.tsx';

const sayFailure = (error: unknown) => {
  const { what, next } = errorWords(error);
  toast({ text: `${what} ${next}`, sign: 'failed' });
};

type NewFlow = { name?: string } | { sample: string } | { copyOf: string };

/** What can be done with flows from their list. Lists follow by live events. */
export function useFlowActions() {
  const { host, cache } = useApi();
  const { client } = host;
  const navigate = useNavigate();
  const { id: workspaceId } = useWorkspace();
  const open = (flowId: string) => navigate({ to: '/w/$workspaceId/flows/$flowId', params: { workspaceId, flowId } });
  const again = () => cache.invalidateQueries({ queryKey: keys.flows(workspaceId) });

  const create = useMutation({
    mutationFn: (flow: NewFlow) => client.call('createFlow', { params: { id: workspaceId }, body: flow }),
    onSuccess: (flow) => open(flow.id),
    onError: sayFailure,
  });
  const duplicate = useMutation({
    mutationFn: (flow: FlowSummary) =>
      client.call('createFlow', { params: { id: workspaceId }, body: { copyOf: flow.id } }),
    onSuccess: async (copy) => {
      await again();
      toast({
        text: `${quoted(copy.name)} made`,
        sign: 'done',
        action: { label: 'Open it', run: () => void open(copy.id) },
      });
    },
    onError: sayFailure,
  });
  const run = useMutation({
    mutationFn: (flow: FlowSummary) => client.call('startRun', { params: { id: flow.id }, body: {} }),
    onSuccess: (started) => navigate({ to: '/w/$workspaceId/runs/$runId', params: { workspaceId, runId: started.id } }),
    onError: sayFailure,
  });
  const restore = useMutation({
    mutationFn: (flow: FlowSummary) => client.call('restoreFlow', { params: { id: flow.id } }),
    onSuccess: again,
    onError: sayFailure,
  });
  const remove = useMutation({
    mutationFn: (flow: FlowSummary) => client.call('deleteFlow', { params: { id: flow.id } }),
    onSuccess: async (_, flow) => {
      await again();
      const action = { label: 'Undo', run: () => restore.mutate(flow) };
      toast({ text: `Flow ${quoted(flow.name)} deleted`, sign: 'done', action, stays: 12_000 });
    },
    onError: sayFailure,
  });
  const save = useMutation({
    mutationFn: (flow: FlowSummary) => client.call('getFlow', { params: { id: flow.id } }),
    onSuccess: ({ file }) => download(file),
    onError: sayFailure,
  });
  return { create, duplicate, run, remove, save, open, again };
}

const quoted = (name: string) => `“${name}”`;

/** Saves a flow as a file of the form that import reads. */
function download(file: FlowFile): void {
  const url = URL.createObjectURL(new Blob([`${JSON.stringify(file, null, 2)}\n`], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${
    file.name
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '')
      .toLowerCase() || 'flow'
  }.flow.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export type FlowActions = ReturnType<typeof useFlowActions>;
