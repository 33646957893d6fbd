import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import type { Hosting, HostingSettings } from '../../shared/model/hosting.ts';
import { type Api, useApi } from '../api/api.ts';
import { errorWords } from '../api/error-words.ts';
import { keys } from '../api/keys.ts';
import { CopyButton } from '../ui/copy-line.tsx';
import { ErrorPanel } from '../ui/error-state.tsx';
import { Notice } from '../ui/notice.tsx';
import { LoadingWords, Skeleton } from '../ui/skeleton.tsx';
import { Switch } from '../ui/switch.tsx';
import { toast } from '../ui/toasts.tsx';
import { FingerprintGroups } from './hosts/fingerprint.tsx';

export const hostingQuery = ({ host: { client } }: Api) =>
  queryOptions({
    queryKey: keys.hosting,
    queryFn: ({ signal }) => client.call('getHosting', { signal }),
    staleTime: 5_000,
  });

/** Changes how other machines reach the host; says what went wrong. */
export function useChangeHosting() {
  const { host, cache } = useApi();
  return useMutation({
    mutationFn: (settings: HostingSettings) => host.client.call('putHosting', { body: settings }),
    onSuccess: (hosting) => cache.setQueryData(keys.hosting, hosting),
    onError: (error) => toast({ text: `${errorWords(error).what} ${errorWords(error).next}`, sign: 'failed' }),
  });
}

export const settingsOf = ({ enabled, address, port, names, findable = false }: Hosting): HostingSettings => ({
  enabled,
  address,
  port,
  names,
  findable,
});

/** Whether other machines reach this host, with the switch for it, its addresses and its certificate. */
export function HostingSwitch() {
  const api = useApi();
  const hosting = useQuery(hostingQuery(api));
  const change = useChangeHosting();
  if (hosting.data === undefined) {
    return hosting.isError ? (
      <ErrorPanel title="How this host is reached could not be loaded" onRetry={() => void hosting.refetch()}>
        {errorWords(hosting.error).what}
      </ErrorPanel>
    ) : (
      <div>
        <LoadingWords>Loading how this host is reached</LoadingWords>
        <Skeleton width="60%" />
      </div>
    );
  }
  const { enabled, problem, certificate, origins } = hosting.data;
  const asked = change.isPending ? change.variables.enabled : enabled;
  return (
    <div className="flex flex-col gap-3">
      <div className="row gap-4">
        <div className="min-w-0 flex-1">
          <div className="font-strong">Other machines reach this host</div>
          <p className="text-12 text-ink-2">
            {enabled
              ? 'With TLS. Switching it off cuts off people and nodes on other machines; runs go on.'
              : 'Only this machine does now. Switched on, it listens on every address of this machine, always with TLS.'}
          </p>
        </div>
        <Switch
          label="Other machines reach this host"
          on={asked}
          disabled={change.isPending}
          onChange={(on) => change.mutate({ ...settingsOf(hosting.data), enabled: on })}
        />
      </div>
      {problem !== null && (
        <Notice tone="warn">
          <b>It does not listen.</b> {problem}
        </Notice>
      )}
      {enabled && (
        <Findable
          hosting={hosting.data}
          pending={change.isPending}
          onChange={(findable) => change.mutate({ ...settingsOf(hosting.data), findable })}
        />
      )}
      {origins.length > 0 && <Origins origins={origins} />}
      {certificate !== null && (
        <Fingerprint fingerprint={certificate.fingerprint} selfSigned={certificate.selfSigned} />
      )}
    </div>
  );
}

interface FindableProps {
  hosting: Hosting;
  pending: boolean;
  onChange: (findable: boolean) => void;
}

/** Whether it says on the local network that it is there. */
const Findable = ({ hosting: { findable = false, announced }, pending, onChange }: FindableProps) => (
  <div className="row gap-4">
    <div className="min-w-0 flex-1">
      <div className="font-strong">Found on the local network</div>
      <p className="text-12 text-ink-2">
        {findable && !announced
          ? 'Nothing is announced now: it listens for this machine alone, or the network takes no announcements.'
          : 'Announces its name, fingerprint and version (mDNS), so that others need not type its address. They still need an invite or a key.'}
      </p>
    </div>
    <Switch label="Found on the local network" on={findable} disabled={pending} onChange={onChange} />
  </div>
);

const Origins = ({ origins }: { origins: readonly string[] }) => (
  <ul aria-label="Addresses" className="flex flex-col gap-1">
    {origins.map((origin) => (
      <li key={origin} className="row gap-3">
        <code className="cut min-w-0 flex-1 text-12">{origin}</code>
        <CopyButton text={origin} label="Copy address" />
      </li>
    ))}
  </ul>
);

const Fingerprint = ({ fingerprint, selfSigned }: { fingerprint: string; selfSigned: boolean }) => (
  <div>
    <div className="row gap-3">
      <span className="min-w-0 flex-1 text-12 text-ink-3">Fingerprint of its certificate</span>
      <CopyButton text={fingerprint} label="Copy fingerprint" />
    </div>
    <FingerprintGroups of={fingerprint} label="Fingerprint" />
    {selfSigned && (
      <p className="mt-1 text-12 text-ink-2">
        The host made it itself, so browsers warn once. Invite links carry the fingerprint; whoever joins with a key
        compares it with this one.
      </p>
    )}
  </div>
);
