import { useState } from 'react';
import type { ServedHost } from '../../../shared/model/this-node.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { formatPlural } from '../../ui/numbers.ts';
import { Side } from './side.tsx';

/** The workspaces that this machine works for, each to leave. */
export function Serves({
  hosts,
  leave,
}: {
  hosts: readonly ServedHost[];
  leave: (host: string, workspaceId: string) => Promise<unknown>;
}) {
  const [leaving, setLeaving] = useState<{ host: string; id: string; name: string } | null>(null);
  const all = hosts.flatMap(({ url, own, workspaces }) => workspaces.map((one) => ({ ...one, host: url, own })));
  return (
    <Side title="Serves" end={formatPlural(all.length, 'workspace')}>
      {all.length === 0 && <p className="text-12 text-ink-3">No workspace yet. Jobs come when one takes it in.</p>}
      <ul className="flex flex-col gap-1 text-12">
        {all.map(({ id, name, host, own }) => (
          <li key={`${host} ${id}`} className="row gap-2">
            <span className="cut">{name}</span>
            <span className="cut text-ink-3">{own ? 'this host' : host}</span>
            <span className="ml-auto">
              <Button size="s" onClick={() => setLeaving({ host, id, name })}>
                Leave
              </Button>
            </span>
          </li>
        ))}
      </ul>
      <Confirm
        open={leaving !== null}
        onOpenChange={(open) => !open && setLeaving(null)}
        title={`Leave ${leaving?.name ?? ''}?`}
        text="Its jobs here go back in line. An admin adds this machine again by its share key."
        confirm={`Leave ${leaving?.name ?? ''}`}
        onConfirm={() => (leaving === null ? Promise.resolve() : leave(leaving.host, leaving.id))}
      />
    </Side>
  );
}
