import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type RemoteHost, thisComputer } from '../../../shared/model/remote-host.ts';
import { useApi } from '../../api/api.ts';
import type { Desktop } from '../../api/desktop.ts';
import { errorWords } from '../../api/error-words.ts';
import { keys } from '../../api/keys.ts';
import { toast } from '../../ui/toasts.tsx';

/** Milliseconds between looks at how the hosts stand; main knows it without asking anybody. */
const lookEvery = 2_000;

const hostsQuery = (desktop: Desktop | null) =>
  queryOptions({
    queryKey: keys.hosts,
    queryFn: () => (desktop === null ? null : desktop.call('hosts')),
    enabled: desktop !== null,
    refetchInterval: lookEvery,
  });

/** The hosts on other machines that this computer joined; null in a browser, which knows one host alone. */
export function useHosts() {
  return useQuery(hostsQuery(useApi().host.desktop)).data ?? null;
}

/** The host on another machine that this window shows; null for this computer's own, and in a browser. */
export function useShownHost(): RemoteHost | null {
  const { choice } = useApi().host;
  const hosts = useHosts();
  return hosts?.items.find(({ id }) => id === choice) ?? null;
}

/** The app around this page; whatever shows hosts is shown in the app alone. */
export function useDesktop(): Desktop {
  const { desktop } = useApi().host;
  if (desktop === null) throw new Error('A browser knows one host alone');
  return desktop;
}

/** Shows another host: everything of the old one is left behind with the page. */
export async function showHost(desktop: Desktop, choice: string): Promise<void> {
  await desktop.call('chooseHost', choice);
  location.assign('/');
}

/** Does something with a host and looks anew; says what went wrong. */
export function useHostAct<Input>(act: (desktop: Desktop, input: Input) => Promise<void>) {
  const desktop = useDesktop();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (input: Input) => act(desktop, input),
    onError: (error) => toast({ text: `${errorWords(error).what} ${errorWords(error).next}`, sign: 'failed' }),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.hosts }),
  });
}

export const here = { id: thisComputer, name: 'This computer' } as const;
