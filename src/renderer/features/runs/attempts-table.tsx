import { useMemo, useState } from 'react';
import type { RunDetail, StepInstance } from '../../../shared/model/run.ts';
import { type Machines, useMachines } from '../../app/machines.ts';
import { MachineName } from '../../ui/machine-chip.tsx';
import { formatDuration, formatPlural } from '../../ui/numbers.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { stateWords } from '../../ui/state-badge.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { glyphOfStep } from '../../ui/states.ts';
import { type Column, Table, TableRow } from '../../ui/table.tsx';
import { type AttemptRow, attemptRows } from './attempts.ts';
import { ItemPager } from './item-pager.tsx';
import { instanceWords } from './run-data.ts';
import type { Chosen } from './timeline-view.tsx';

const columns: readonly Column[] = [
  { head: 'Item' },
  { head: 'Tries', width: '64px' },
  { head: 'Node', width: '150px' },
  { head: 'In line', width: '80px', right: true },
  { head: 'Ran', width: '80px', right: true },
  { head: 'What happened', width: '34%' },
];

/** A page of a table; more are shown on request. */
const pageSize = 40;

interface AttemptsProps {
  detail: RunDetail;
  work: {
    steps: readonly StepInstance[];
    pager: Parameters<typeof ItemPager>[0] | null;
  };
  now: number;
  chosen: Chosen | null;
  onChoose: (chosen: Chosen) => void;
}

/** What nodes did, item by item: those of note, or all. */
export function Attempts({ detail, work: { steps, pager }, now, chosen, onChoose }: AttemptsProps) {
  const machines = useMachines();
  const rows = useMemo(() => attemptRows(steps, now), [steps, now]);
  const noted = rows.filter((row) => row.note !== null);
  const [wanted, setWanted] = useState<'note' | 'all' | null>(null);
  const [most, setMost] = useState(pageSize);
  const shown = wanted ?? (noted.length > 0 ? 'note' : 'all');
  const listed = shown === 'note' ? noted : rows;
  const mixed = new Set(rows.map((row) => row.step.stepId)).size > 1;
  const tries = rows.reduce((sum, row) => sum + Math.max(1, row.step.attempts ?? 1), 0);
  if (rows.length === 0) return null;
  return (
    <section aria-label="Attempts" className="flex min-h-0 flex-col border-t border-line">
      <div className="row h-10 flex-none gap-3 pr-4 pl-5">
        <h2 className="font-strong">Attempts</h2>
        <span className="cut text-12 text-ink-3">
          {formatPlural(tries, 'attempt')} for {formatPlural(rows.length, 'piece of work', 'pieces of work')}
        </span>
        <span className="ml-auto row gap-3">
          {pager !== null && <ItemPager {...pager} />}
          <Segmented
            label="Which attempts"
            value={shown}
            onChange={setWanted}
            segments={[
              { value: 'note', label: 'Of note', count: noted.length },
              { value: 'all', label: 'All' },
            ]}
          />
        </span>
      </div>
      {listed.length === 0 ? (
        <p className="px-5 pb-4 text-12 text-ink-3">Nothing out of the ordinary.</p>
      ) : (
        <Table label="Attempts" columns={columns} rows="dense" fixed>
          {listed.slice(0, most).map((row) => (
            <AttemptLine
              key={`${row.step.stepId} ${row.step.path}`}
              row={row}
              detail={detail}
              machines={machines}
              mixed={mixed}
              selected={chosen?.step === row.step.stepId && chosen.path === row.step.path}
              onChoose={onChoose}
            />
          ))}
        </Table>
      )}
      {listed.length > most && (
        <button
          type="button"
          className="link self-start px-5 py-2.5 text-12 text-ink-2"
          onClick={() => setMost(most + pageSize)}
        >
          Show more, {listed.length - most} left
        </button>
      )}
    </section>
  );
}

interface LineProps {
  row: AttemptRow;
  detail: RunDetail;
  machines: Machines;
  selected: boolean;
  /** Whether several steps stand in the list, so that each says which. */
  mixed: boolean;
  onChoose: (chosen: Chosen) => void;
}

function AttemptLine({ row, detail, machines, selected, mixed, onChoose }: LineProps) {
  const { step } = row;
  const words = instanceWords(detail, step.stepId, step.path);
  const machine = step.nodeId === undefined ? undefined : machines.get(step.nodeId);
  const choose = () => onChoose({ step: step.stepId, path: step.path });
  return (
    <TableRow onOpen={choose} selected={selected}>
      <td>
        <button type="button" className="cut block max-w-full text-left" onClick={choose}>
          <span className="inline-block first-letter:uppercase">{words.item ?? words.step}</span>
          {words.item !== null && mixed && <span className="text-ink-3"> {words.step}</span>}
        </button>
      </td>
      <td>{Math.max(1, step.attempts ?? 1)}</td>
      <td>
        {machine === undefined ? (
          <span className="text-ink-3">{step.nodeId === undefined ? 'none yet' : 'a removed node'}</span>
        ) : (
          <MachineName {...machine} />
        )}
      </td>
      <td data-right="">{row.inLine === null ? '' : formatDuration(row.inLine)}</td>
      <td data-right="">{row.ran === null ? '' : formatDuration(row.ran)}</td>
      <td>
        <span className={`row gap-2 ${step.state === 'failed' ? 'text-fail' : ''}`}>
          <StateGlyph state={glyphOfStep[step.state]} />
          <span className="cut">{whatHappened(row)}</span>
        </span>
      </td>
    </TableRow>
  );
}

function whatHappened({ step, note }: AttemptRow): string {
  const word = stateWords[glyphOfStep[step.state]];
  if (step.usedDefault === true) return 'Its default went on';
  if (step.error !== undefined) return step.error.message;
  if (note === 'again') return `${word}, at try ${step.attempts ?? 1}`;
  return note === 'slow' ? `${word}, twice the usual time` : word;
}
