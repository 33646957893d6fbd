import { useState } from 'react';
import type { Drive, ResourceLimits } from '../../../shared/model/node.ts';
import type { NodeReport, OwnStorage, StorageMove, ThisNode } from '../../../shared/model/this-node.ts';
import { Limit } from '../../app/limits/limit.tsx';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { formatBytes, formatDriveSize, formatShare } from '../../ui/numbers.ts';
import { Panel } from '../../ui/panel.tsx';
import { RadioMark } from '../../ui/radio.tsx';
import { Meter, UsageBar, usageTone } from '../../ui/usage-bar.tsx';
import { MoveDialog } from './move-dialog.tsx';
import type { Change } from './own-node.ts';

const words: Record<ReturnType<typeof usageTone>, string> = { ok: 'text-done', high: 'text-warn', full: 'text-fail' };

interface StorageProps {
  own: ThisNode;
  report: NodeReport;
  change: Change;
  /** Rejects with what is wrong with the place. */
  move: (to: string | null) => Promise<unknown>;
}

/** On which drive the files of jobs are kept, and how many. */
export function Storage({ own, report: { drives, storage }, change, move }: StorageProps) {
  const [choosing, setChoosing] = useState<string | null>(null);
  const set = (limits: ResourceLimits) => change({ do: 'change', settings: { limits } });
  return (
    <Panel title="Storage" note={`Files of jobs are kept in ${storage.folder}`}>
      {storage.problem !== null && (
        <Notice tone="warn" live className="mx-4 mt-4">
          {storage.problem}.
        </Notice>
      )}
      {drives.length > 0 && (
        <div
          role="radiogroup"
          aria-label="Drive for files"
          className="grid grid-cols-[repeat(auto-fill,minmax(210px,1fr))] gap-2.5 p-4"
        >
          {drives.map((drive) => (
            <DriveCard
              key={drive.mount}
              drive={drive}
              chosen={drive.mount === storage.drive}
              busy={storage.move !== null}
              choose={() => setChoosing(drive.mount)}
            />
          ))}
        </div>
      )}
      {storage.move === null ? (
        <Kept storage={storage} limit={own.limits.storageGb} drives={drives} set={set} />
      ) : (
        <Moving move={storage.move} cancel={() => change({ do: 'cancel-move' })} />
      )}
      <MoveDialog drive={choosing} storage={storage} move={move} close={() => setChoosing(null)} />
    </Panel>
  );
}

interface DriveCardProps {
  drive: Drive;
  chosen: boolean;
  busy: boolean;
  choose: () => void;
}

function DriveCard({ drive, chosen, busy, choose }: DriveCardProps) {
  const used = drive.total_gb > 0 ? 1 - drive.free_gb / drive.total_gb : 0;
  const note = [drive.label, drive.kind].filter((part) => part !== undefined && part !== '').join(', ');
  return (
    // biome-ignore lint/a11y/useSemanticElements: a card with a bar and figures is no <input>
    <button
      type="button"
      role="radio"
      aria-checked={chosen}
      disabled={busy}
      onClick={choose}
      className={`rounded-step border px-3 pt-2.5 pb-2.75 text-left ${chosen ? 'border-ink shadow-[inset_0_0_0_1px_var(--ink)]' : 'border-line-2 hover:border-line-ui'}`}
    >
      <span className="row gap-2">
        <RadioMark checked={chosen} />
        <span className="cut font-strong">{drive.mount}</span>
        <span className="cut text-12 text-ink-3">{note}</span>
      </span>
      <span className="mt-2.25 mb-1.5 block">
        <UsageBar used={used} label={`${drive.mount}, ${formatShare(used)} full`} />
      </span>
      <span className="row text-12">
        <span className={`font-medium ${words[usageTone(used)]}`}>{formatShare(used)} full</span>
        <span className="ml-auto text-ink-3">
          {formatDriveSize(drive.free_gb)} of {formatDriveSize(drive.total_gb)} free
        </span>
      </span>
    </button>
  );
}

interface KeptProps {
  storage: OwnStorage;
  limit: number | undefined;
  drives: readonly Drive[];
  set: (limits: ResourceLimits) => void;
}

/** At most what is free on the chosen drive, beside what is held there already. */
function Kept({ storage, limit, drives, set }: KeptProps) {
  const held = storage.heldBytes / 1e9;
  const free = drives.find(({ mount }) => mount === storage.drive)?.free_gb ?? 0;
  const most = Math.max(1, Math.floor(free + held));
  return (
    <Limit
      word="Kept for files"
      note={`${formatBytes(storage.heldBytes)} held now`}
      value={Math.min(most, limit ?? storage.mostBytes / 1e9)}
      max={most}
      used={held}
      figure={{ from: (value) => value, to: Math.round, unit: `of ${most} GB` }}
      onChange={(value) => set({ storageGb: value })}
    />
  );
}

const phases: Record<StorageMove['phase'], string> = {
  waits: 'Waits for the jobs that run',
  copies: 'Copies files',
  compares: 'Compares every copy',
};

const Moving = ({ move, cancel }: { move: StorageMove; cancel: () => void }) => (
  <div className="row gap-4 border-t border-line px-4 py-3" role="status">
    <div className="min-w-0 flex-1">
      <div className="row text-12">
        <span className="cut">
          {phases[move.phase]}, to {move.to}
        </span>
        <span className="ml-auto text-ink-3">
          {formatBytes(move.bytes)} of {formatBytes(move.ofBytes)}
        </span>
      </div>
      <div className="mt-1.5">
        <Meter used={move.ofBytes === 0 ? 0 : move.bytes / move.ofBytes} label={phases[move.phase]} height={3} />
      </div>
    </div>
    <Button size="s" onClick={cancel}>
      Cancel
    </Button>
  </div>
);
