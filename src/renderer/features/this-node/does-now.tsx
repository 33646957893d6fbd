import type { NodeReport, NodeStanding } from '../../../shared/model/this-node.ts';
import { formatDuration } from '../../ui/numbers.ts';
import { useNow } from '../../ui/relative-time.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { Side } from './side.tsx';

const reasons: Record<NonNullable<NodeStanding['reason']>, string> = {
  paused: 'Paused',
  draining: 'Draining',
  moving: 'Moving its files',
  hours: 'Outside its hours',
  battery: 'On battery',
  in_use: 'In use by you',
  asleep: 'Asleep',
};

/** How the machine stands, in a word or two. */
export const standingWords = ({ standing, running }: NodeReport) =>
  standing.reason !== null ? reasons[standing.reason] : running.length > 0 ? 'Working' : 'Idle';

/** The jobs that this machine works on now. */
export function DoesNow({ report }: { report: NodeReport }) {
  const now = useNow(1000);
  return (
    <Side title="Does now" end={report.running.length > 0 ? undefined : standingWords(report).toLowerCase()}>
      {report.running.length === 0 ? (
        <p className="text-12 text-ink-3">Nothing. Jobs come when a run needs this machine.</p>
      ) : (
        <ul className="flex flex-col gap-2">
          {report.running.map((job) => (
            <li key={job.jobId} className="row gap-3">
              <StateGlyph state="running" />
              <span className="cut flex-1 font-medium">{job.label}</span>
              <span className="text-12 text-ink-2">{formatDuration(Math.max(0, now - job.startedAt))}</span>
            </li>
          ))}
        </ul>
      )}
    </Side>
  );
}
