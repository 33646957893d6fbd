import { useState } from 'react';
import type { RemoteHost } from '../../../shared/model/remote-host.ts';
import { useApi } from '../../api/api.ts';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Confirm, Dialog } from '../../ui/dialog.tsx';
import { Notice } from '../../ui/notice.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { FingerprintGroups } from './fingerprint.tsx';
import { useAgo } from './host-menu.tsx';
import { canBeShown, contributionWords, standingWords } from './host-words.ts';
import { here, showHost, useDesktop, useHostAct, useHosts } from './hosts-data.ts';
import { openJoin } from './hosts-state.ts';

/** All hosts of this computer: how each stands, and what can be done with it. */
export function HostsDialog({ onClose }: { onClose: () => void }) {
  const { choice } = useApi().host;
  const desktop = useDesktop();
  const hosts = useHosts();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      width={560}
      title="Hosts"
      text={
        hosts?.secrets === 'file'
          ? 'What opens them lies in a file that only this account can read: there is no keychain here.'
          : 'What opens them lies closed up by the keychain of this account.'
      }
      foot={
        <>
          <Button onClick={() => openJoin()}>Join a host</Button>
          <Button variant="main" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <ul aria-label="Hosts" className="mt-4 flex flex-col divide-y divide-line border-y border-line">
        <li className="row gap-3 py-3">
          <StateGlyph state="done" />
          <span className="min-w-0 flex-1 font-strong">{here.name}</span>
          {choice === here.id ? (
            <Chip>Shown</Chip>
          ) : (
            <Button size="s" onClick={() => void showHost(desktop, here.id)}>
              Open
            </Button>
          )}
        </li>
        {(hosts?.items ?? []).map((host) => (
          <HostRow key={host.id} host={host} shown={host.id === choice} />
        ))}
      </ul>
    </Dialog>
  );
}

function HostRow({ host, shown }: { host: RemoteHost; shown: boolean }) {
  const desktop = useDesktop();
  const ago = useAgo();
  const [removing, setRemoving] = useState(false);
  const stop = useHostAct((main, id: string) => main.call('stopContributing', id));
  const words = standingWords(host.standing, ago);
  const node = contributionWords(host);
  const remove = async () => {
    await desktop.call('removeHost', host.id);
    if (shown) location.assign('/');
  };
  return (
    <li className="flex flex-col gap-2 py-3">
      <div className="row gap-3">
        <StateGlyph state={words.glyph} />
        <span className="min-w-0 flex-1">
          <span className="cut block font-strong">{host.name}</span>
          <span className="cut block text-12 text-ink-3">
            {new URL(host.origin).host}, {words.short.toLowerCase()}
          </span>
        </span>
        {shown && <Chip>Shown</Chip>}
        {!shown && canBeShown(host) && (
          <Button size="s" onClick={() => void showHost(desktop, host.id)}>
            Open
          </Button>
        )}
        <Button size="s" onClick={() => setRemoving(true)}>
          Remove
        </Button>
      </div>
      {words.long !== null && host.standing.state !== 'certificate-changed' && (
        <p className="text-12 text-ink-2">{words.long}</p>
      )}
      {host.standing.state === 'certificate-changed' && <TrustAnew host={host} shown={host.standing.shown} />}
      {node !== null && (
        <div className="row gap-3 text-12 text-ink-2">
          <span className="min-w-0 flex-1">{node}</span>
          <Button size="s" pending={stop.isPending} onClick={() => stop.mutate(host.id)}>
            Stop contributing
          </Button>
        </div>
      )}
      <Confirm
        open={removing}
        onOpenChange={setRemoving}
        title={`Remove ${host.name} from this computer?`}
        text="This app signs out there, and this computer contributes there no more. Your flows, runs and membership on the host stay; to come back you need an invite."
        confirm={`Remove ${host.name}`}
        onConfirm={remove}
      />
    </li>
  );
}

/** The way out of a changed certificate: by comparing, never by a press alone. */
function TrustAnew({ host, shown }: { host: RemoteHost; shown: string }) {
  const trust = useHostAct((main, fingerprint: string) => main.call('trustHostAnew', host.id, fingerprint));
  return (
    <Notice tone="fail">
      <b>It shows another certificate than the one that you trusted.</b> Nothing is sent to it. Either somebody is in
      between, or the host really has a new one. Ask whoever runs it for the fingerprint under Settings, Host.
      <div className="mt-2 flex flex-wrap gap-x-5 gap-y-2 text-ink">
        {host.fingerprint !== null && (
          <div>
            <div className="mb-1 text-12 text-ink-3">Trusted so far</div>
            <FingerprintGroups of={host.fingerprint} label="Fingerprint that you trusted" />
          </div>
        )}
        <div>
          <div className="mb-1 text-12 text-ink-3">Shown now</div>
          <FingerprintGroups of={shown} label="Fingerprint that is shown now" />
        </div>
      </div>
      <Button size="s" className="mt-3" pending={trust.isPending} onClick={() => trust.mutate(shown)}>
        The host shows this one too: trust it
      </Button>
    </Notice>
  );
}
