/** What goes on now, as a forecast needs it. */
import type { Durations } from '../scheduler/durations.ts';
import type { AheadView, Outlook, RunningView } from '../scheduler/forecast.ts';
import { inLine } from '../scheduler/snapshot.ts';
import type { JobEngine } from './engine.ts';
import type { ActiveJob } from './record.ts';
import { isHeld } from './record.ts';

/** More jobs before it than this are not looked at; nobody waits for an exact figure then. */
const mostAhead = 10_000;

/** For a job in line, or (`job` null) for one that would stand last in its workspace. */
export function outlookFor(
  engine: Pick<JobEngine, 'open'>,
  durations: Durations,
  workspaceId: string,
  job: ActiveJob | null,
  now: number,
): Outlook {
  const running: RunningView[] = [];
  const ahead: AheadView[] = [];
  for (const other of engine.open()) {
    const { row, life } = other;
    if (isHeld(life) && life.nodeId !== null) {
      const startedAt = life.startedAt ?? life.attempts.at(-1)?.assignedAt ?? now;
      const typicalMs = durations.typical(row);
      running.push({ nodeId: life.nodeId, requires: row.requires, gpu: other.gpu, startedAt, typicalMs });
      continue;
    }
    if (!other.inLine || row.workspaceId !== workspaceId || ahead.length >= mostAhead) continue;
    if (job !== null && (other === job || inLine(other.waiting, job.waiting) > 0)) continue;
    ahead.push({ cores: row.requires.cores, typicalMs: durations.typical(row) });
  }
  return { running, ahead, now };
}
