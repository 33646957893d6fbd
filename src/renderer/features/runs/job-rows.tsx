import type { Job } from '../../../shared/model/job.ts';
import { useMachines } from '../../app/machines.ts';
import { MachineName } from '../../ui/machine-chip.tsx';
import { formatPlural } from '../../ui/numbers.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { glyphOfJob } from '../../ui/states.ts';
import { type Column, Table, TableRow } from '../../ui/table.tsx';

const columns: readonly Column[] = [
  { head: 'Job' },
  { head: 'What happened', width: '38%' },
  { head: 'Tries', width: '64px', right: true },
  { head: 'Node', width: '150px' },
  { head: 'When', width: '130px' },
];

interface JobRowsProps {
  jobs: readonly Job[];
  chosen: string | null;
  onChoose: (jobId: string | null) => void;
  narrow: boolean;
}

export const jobName = (job: Job): string => (job.label === '' ? job.kind : job.label);

/** How a job stands, in one line. */
export function jobWords({ state, error, notBefore }: Job, now: number): string {
  switch (state) {
    case 'queued':
      return notBefore !== undefined && notBefore > now ? 'Waits before its next try' : 'In line';
    case 'assigned':
    case 'running':
      return 'Running';
    case 'succeeded':
      return 'Done';
    case 'cancelled':
      return 'Cancelled';
    case 'failed':
      return error?.message ?? 'Failed';
    case 'dead':
      return `Nodes failed it too often${error === undefined ? '' : `: ${error.message}`}`;
  }
}

export function JobRows({ jobs, chosen, onChoose, narrow }: JobRowsProps) {
  const machines = useMachines();
  const now = Date.now();
  const toggle = (job: Job) => onChoose(job.id === chosen ? null : job.id);
  if (narrow) {
    return (
      <ul aria-label="Jobs">
        {jobs.map((job) => (
          <li key={job.id} className="border-b border-line">
            <button
              type="button"
              className="grid min-h-11 w-full grid-cols-[18px_1fr_auto] gap-x-2.75 px-4 py-3 text-left"
              onClick={() => toggle(job)}
            >
              <StateGlyph state={glyphOfJob[job.state]} size={16} />
              <span className="cut font-medium">{jobName(job)}</span>
              <RelativeTime at={job.finishedAt ?? job.createdAt} className="text-12 text-ink-3" />
              <span />
              <span className="col-span-2 text-12 text-ink-2">
                {jobWords(job, now)}, {formatPlural(Math.max(1, job.attempts.length), 'try', 'tries')}
              </span>
            </button>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <Table label="Jobs" columns={columns} fixed>
      {jobs.map((job) => {
        const machine = job.nodeId === null ? undefined : machines.get(job.nodeId);
        return (
          <TableRow key={job.id} onOpen={() => toggle(job)} selected={job.id === chosen}>
            <td>
              <button type="button" className="cut block max-w-full text-left font-strong" onClick={() => toggle(job)}>
                {jobName(job)}
              </button>
            </td>
            <td>
              <span className="row gap-2 text-12">
                <StateGlyph state={glyphOfJob[job.state]} />
                <span className="cut">{jobWords(job, now)}</span>
              </span>
            </td>
            <td data-right="">{job.attempts.length}</td>
            <td>
              {machine === undefined ? <span className="text-12 text-ink-3">none</span> : <MachineName {...machine} />}
            </td>
            <td className="text-12 text-ink-2">
              <RelativeTime at={job.finishedAt ?? job.createdAt} />
            </td>
          </TableRow>
        );
      })}
    </Table>
  );
}
