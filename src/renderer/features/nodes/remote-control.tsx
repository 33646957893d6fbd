import { useMutation } from '@tanstack/react-query';
import { Pause, Play, RotateCw, TimerOff } from 'lucide-react';
import type { Node } from '../../../shared/model/node.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { useMay } from '../../app/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { RemoteLimits } from './remote-limits.tsx';

type Action = 'pause' | 'resume' | 'drain' | 'restart';

/** Pause, drain and restart a node from here, and change its limits, where its owner allows it; in words where not. */
export function RemoteControl({ node }: { node: Node }) {
  const { client } = useApi().host;
  const mayControl = useMay('admin');
  const control = useMutation({
    mutationFn: (action: Action) => client.call('controlNode', { params: { id: node.id }, body: { action } }),
  });
  if (!node.remoteControlEnabled) {
    return (
      <p className="text-12 text-ink-3">
        Off. {node.ownerName ?? 'Its owner'} can switch it on at the machine, under This node; until then only the
        machine itself pauses or drains it.
      </p>
    );
  }
  if (!mayControl) return <p className="text-12 text-ink-3">Allowed by its owner, for admins and owners.</p>;
  const connected = node.connectedAt !== null;
  const asked = (action: Action) => control.isPending && control.variables === action;
  const button = (action: Action, icon: typeof Play, words: string) => (
    <Button
      size="s"
      icon={icon}
      pending={asked(action)}
      disabled={!connected || control.isPending}
      onClick={() => control.mutate(action)}
    >
      {words}
    </Button>
  );
  return (
    <>
      <div className="flex flex-wrap gap-2">
        {node.available ? button('pause', Pause, 'Pause') : button('resume', Play, 'Resume')}
        {node.pause?.reason !== 'draining' && button('drain', TimerOff, 'Drain')}
        {button('restart', RotateCw, 'Restart')}
        <RemoteLimits node={node} disabled={!connected} />
      </div>
      <p className="mt-1.5 text-12 text-ink-3">
        {connected
          ? 'Drain lets it finish what it has. A restart gives its jobs back first; nothing is lost.'
          : 'It is not connected, so it hears nothing now.'}
      </p>
      {control.isError && (
        <Notice tone="fail" live className="mt-2">
          <b>{errorWords(control.error).what}</b> {errorWords(control.error).next}
        </Notice>
      )}
    </>
  );
}
