import type { Drive } from '../../../shared/model/node.ts';
import { formatDriveSize, formatShare } from '../../ui/numbers.ts';
import { Panel } from '../../ui/panel.tsx';
import { UsageBar, usageTone } from '../../ui/usage-bar.tsx';

const words: Record<ReturnType<typeof usageTone>, string> = { ok: 'text-done', high: 'text-warn', full: 'text-fail' };

/** The drives of this machine. */
export function Drives({ drives }: { drives: readonly Drive[] }) {
  if (drives.length === 0) return null;
  return (
    <Panel title="Drives">
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(200px,1fr))] gap-2.5 p-4">
        {drives.map((drive) => (
          <li key={drive.mount}>
            <DriveCard drive={drive} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function DriveCard({ drive }: { drive: Drive }) {
  const used = drive.total_gb > 0 ? 1 - drive.free_gb / drive.total_gb : 0;
  const note = [drive.label, drive.kind].filter((part) => part !== undefined && part !== '').join(', ');
  return (
    <div className="rounded-step border border-line-2 px-3 pt-2.5 pb-2.75">
      <div className="row gap-2">
        <span className="cut font-strong">{drive.mount}</span>
        <span className="cut text-12 text-ink-3">{note}</span>
      </div>
      <div className="mt-2.25 mb-1.5">
        <UsageBar used={used} label={`${drive.mount}, ${formatShare(used)} full`} />
      </div>
      <div className="row text-12">
        <span className={`font-medium ${words[usageTone(used)]}`}>{formatShare(used)} full</span>
        <span className="ml-auto text-ink-3">
          {formatDriveSize(drive.free_gb)} of {formatDriveSize(drive.total_gb)} free
        </span>
      </div>
    </div>
  );
}
