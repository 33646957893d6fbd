import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { DesktopChoices, DesktopStanding, ServiceName } from '../../../shared/model/desktop.ts';
import { useApi } from '../../api/api.ts';
import type { Desktop } from '../../api/desktop.ts';
import { errorWords } from '../../api/error-words.ts';
import { toast } from '../../ui/toasts.tsx';

const key = ['desktop'];

/** How the app around this page stands, kept up to what it tells; undefined in a browser and until it is known. */
export function useDesktopStanding(): DesktopStanding | undefined {
  const { desktop } = useApi().host;
  const cache = useQueryClient();
  const { data } = useQuery({
    queryKey: key,
    queryFn: () => (desktop === null ? null : desktop.call('desktop')),
    enabled: desktop !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => desktop?.on('desktop', (standing) => cache.setQueryData(key, standing)), [desktop, cache]);
  return data ?? undefined;
}

const sayFailed = (error: Error) => toast({ text: errorWords(error).what, sign: 'failed' });

export function useSetChoices(desktop: Desktop) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (choices: Partial<DesktopChoices>) => desktop.call('setChoices', choices),
    onSuccess: (standing) => cache.setQueryData(key, standing),
    onError: sayFailed,
  });
}

export function useServiceActions(desktop: Desktop) {
  const restart = useMutation({
    mutationFn: (name: ServiceName) => desktop.call('restartService', name),
    onError: sayFailed,
  });
  const showLogs = useMutation({ mutationFn: () => desktop.call('showLogs'), onError: sayFailed });
  return { restart, showLogs };
}
