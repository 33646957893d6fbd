import { useQuery } from '@tanstack/react-query';
import { showFingerprint } from '../../../shared/fingerprint.ts';
import type { FoundHost } from '../../../shared/model/remote-host.ts';
import { parseShareKey } from '../../../shared/share-key.ts';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { useDesktop } from './hosts-data.ts';

/** What stands in the field once a found host is chosen: the key that is there already, before its address. */
export function withAddress(typed: string, { origin }: Pick<FoundHost, 'origin'>): string {
  const key = parseShareKey(typed.split('@')[0] ?? '');
  return `${key ?? ''}@${new URL(origin).host}`;
}

/** Hosts that say on this network that they are there. They are only found by that, not trusted. */
export function FoundHosts({ typed, onChoose }: { typed: string; onChoose: (text: string) => void }) {
  const desktop = useDesktop();
  const found = useQuery({
    queryKey: ['found hosts'],
    queryFn: () => desktop.call('findHosts'),
    refetchInterval: 1_500,
    gcTime: 0,
  }).data;
  return (
    <div>
      <h3 className="row gap-2 text-12 text-ink-3">
        <StateGlyph state="running" size={12} />
        On this network
      </h3>
      {found === undefined || found.length === 0 ? (
        <p className="mt-1 text-12 text-ink-2">
          Looking. A host shows up here when it lets itself be found; an invite link works without that.
        </p>
      ) : (
        <ul aria-label="Hosts on this network" className="mt-1.5 flex flex-col gap-1">
          {found.map((host) => (
            <li key={host.origin}>
              <button
                type="button"
                className="row w-full gap-3 rounded-control border border-line px-3 py-2 text-left hover:bg-hover"
                onClick={() => onChoose(withAddress(typed, host))}
              >
                <span className="min-w-0 flex-1">
                  <span className="cut block font-strong">{host.name}</span>
                  <span className="cut block text-12 text-ink-3">
                    {new URL(host.origin).host}, OtherThing {host.version}
                  </span>
                </span>
                {host.fingerprint !== null && (
                  <code className="text-12 text-ink-3">{showFingerprint(host.fingerprint).slice(0, 9)}</code>
                )}
              </button>
            </li>
          ))}
        </ul>
      )}
      {typed.startsWith('@') && (
        <p className="mt-1.5 text-12 text-ink-2" role="status">
          Type the workspace's key before the @, or paste an invite link of this host.
        </p>
      )}
    </div>
  );
}
