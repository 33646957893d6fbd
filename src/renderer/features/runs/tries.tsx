import type { Attempt } from '../../../shared/model/job.ts';
import { type Machines, useMachines } from '../../app/machines.ts';
import { MachineName } from '../../ui/machine-chip.tsx';
import { formatDuration } from '../../ui/numbers.ts';
import { useNow } from '../../ui/relative-time.tsx';
import { type GlyphState, StateGlyph } from '../../ui/state-glyph.tsx';

const glyphs: Record<Attempt['outcome'], GlyphState> = {
  running: 'running',
  succeeded: 'done',
  failed: 'failed',
  lost: 'failed',
  rejected: 'skipped',
  cancelled: 'stopped',
};

/** Each attempt of a piece of work: which node, how long, how it ended and whose fault that was. */
export function Tries({ attempts }: { attempts: readonly Attempt[] }) {
  const machines = useMachines();
  const going = attempts.some((attempt) => attempt.finishedAt === null);
  const now = useNow(going ? 1000 : 60_000);
  return (
    <ol aria-label="Tries" className="flex flex-col gap-2 text-12">
      {attempts.map((attempt) => (
        <li key={attempt.fence}>
          <div className="row gap-2">
            <StateGlyph state={glyphs[attempt.outcome]} />
            <span className="whitespace-nowrap">Try {attempt.number}</span>
            <NodeOf attempt={attempt} machines={machines} />
            <span className="ml-auto whitespace-nowrap text-ink-3">
              {formatDuration((attempt.finishedAt ?? now) - attempt.assignedAt)}
            </span>
          </div>
          {tryWords(attempt, machines) !== '' && (
            <p className="pl-5.5 break-words text-ink-2">{tryWords(attempt, machines)}</p>
          )}
        </li>
      ))}
    </ol>
  );
}

function NodeOf({ attempt, machines }: { attempt: Attempt; machines: Machines }) {
  const machine = machines.get(attempt.nodeId);
  return machine === undefined ? (
    <span className="text-ink-3">{attempt.nodeId === 'host' ? 'on the host' : 'a removed node'}</span>
  ) : (
    <MachineName {...machine} />
  );
}

/** How a try ended, where that is worth a sentence; '' where it just went well or goes on. */
export function tryWords(attempt: Attempt, machines: Pick<Machines, 'get'>): string {
  const name = machines.get(attempt.nodeId)?.name ?? (attempt.nodeId === 'host' ? 'The host' : 'A removed node');
  const why = attempt.error === undefined ? '' : ` ${sentence(attempt.error.message)}`;
  switch (attempt.outcome) {
    case 'lost':
      return `${name} stopped answering. That counts against ${name}, not against the run.`;
    case 'rejected':
      return `${name} did not take it.${why}`;
    case 'cancelled':
      return 'Stopped, or taken back; it counts against nobody.';
    case 'failed':
      return attempt.error?.fault === 'node' ? `The fault of ${name}.${why}` : why.trim() || 'It failed.';
    case 'running':
    case 'succeeded':
      return '';
  }
}

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);
