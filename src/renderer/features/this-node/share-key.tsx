import { RotateCw } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-line.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { Side } from './side.tsx';

/** What somebody types to add this machine to their workspace. */
export function ShareKey({ shareKey, rotate }: { shareKey: string; rotate: () => Promise<unknown> }) {
  const [asking, setAsking] = useState(false);
  return (
    <Side title="Share key">
      <div className="row gap-1">
        <span className="font-mono text-[25px] leading-8 font-[560] tracking-[0.1em]">{shareKey}</span>
        <span className="ml-auto">
          <CopyButton text={shareKey} />
        </span>
        <IconButton size="s" icon={RotateCw} label="New share key" onClick={() => setAsking(true)} />
      </div>
      <p className="mt-1.5 text-12 text-ink-3">
        An admin who types this key adds this machine to their workspace. Give it only to people you trust with it.
      </p>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title="Make a new share key?"
        text={`${shareKey} is worth nothing from then on. Workspaces that this machine serves already stay.`}
        confirm="Make a new key"
        onConfirm={rotate}
      />
    </Side>
  );
}
