import { Link } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';
import { type CSSProperties, useState } from 'react';
import type { RunDetail, StepInstance } from '../../../shared/model/run.ts';
import { LiveMark } from '../../app/live-mark.tsx';
import { colourOf, type Machines, useMachines, weaveOf, weaveWords } from '../../app/machines.ts';
import { runTook, runWords } from '../../app/run-words.ts';
import { PortValues } from '../../app/value/port-values.tsx';
import { useWorkspace } from '../../app/workspace.ts';
import { MachineChip } from '../../ui/machine-chip.tsx';
import { Mosaic, mosaicLimit } from '../../ui/mosaic.tsx';
import { formatDuration } from '../../ui/numbers.ts';
import { useNow } from '../../ui/relative-time.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { glyphOfStep } from '../../ui/states.ts';
import { Weave } from '../../ui/weave.tsx';
import { Evidence } from './evidence.tsx';
import { RunControls } from './run-controls.tsx';
import { useInside } from './run-data.ts';
import { InLine, lowerFirst, Origins, starterWords } from './run-origins.tsx';
import { type TimelineRow, timelineByStep } from './timeline.ts';

/** A run on a narrow screen: its steps one under the other; watch and stop. */
export function NarrowRun({ detail }: { detail: RunDetail }) {
  const { run } = detail;
  const { id: workspaceId } = useWorkspace();
  const machines = useMachines();
  const { inner, tried } = useInside(detail);
  const now = useNow(run.finishedAt === null ? 500 : 60_000);
  const [open, setOpen] = useState<string | null>(null);
  const starter = starterWords(run);
  const rows = timelineByStep({ run, file: detail.file, steps: detail.steps, inner, tried, now });
  return (
    <>
      <header className="row h-13 flex-none gap-1 border-b border-line bg-surface pr-4 pl-1">
        <Link
          to="/w/$workspaceId/runs"
          params={{ workspaceId }}
          aria-label="All runs"
          className="grid size-11 place-items-center text-ink-2"
        >
          <ChevronLeft size={20} strokeWidth={1.6} aria-hidden />
        </Link>
        <div className="min-w-0 flex-1 leading-[17px]">
          <h1 className="cut font-strong">{run.flowName}</h1>
          <p className="cut text-12 text-ink-3">
            Run {run.number}
            {starter === null ? '' : `, started by ${lowerFirst(starter, run)}`}
          </p>
        </div>
        <LiveMark />
      </header>
      <div className="min-h-0 flex-1 overflow-auto px-4 py-3.5">
        <div className="-mx-5 mb-3 empty:mb-0">
          <Origins detail={detail} />
        </div>
        {run.state === 'waiting' && <InLine detail={detail} className="mb-3" />}
        <ol className="relative isolate flex flex-col gap-2 before:absolute before:top-5 before:bottom-5 before:left-[23px] before:-z-1 before:w-[1.5px] before:bg-line-2">
          {rows.map((row) => (
            <NarrowStep
              key={row.stepId}
              row={row}
              items={inner.get(row.stepId) ?? []}
              machines={machines}
              detail={detail}
              open={open === row.stepId}
              onOpen={() => setOpen(open === row.stepId ? null : row.stepId)}
            />
          ))}
        </ol>
        {Object.keys(detail.outputs).length > 0 && (
          <section aria-label="Result" className="mt-5">
            <h2 className="mb-2 text-15 font-strong">Result</h2>
            <PortValues tools values={detail.outputs} cut={detail.cut} empty="" />
          </section>
        )}
      </div>
      <footer className="relative flex-none border-t border-line bg-surface px-4 pt-3 pb-3.5">
        <Weave
          stretches={weaveOf(run, machines)}
          label={weaveWords(run, machines)}
          height={3}
          className="absolute inset-x-0 -top-px"
        />
        <div className="row gap-3">
          <div className="min-w-0 flex-1 leading-[18px]">
            <div className="cut font-strong">{runWords(run)}</div>
            <div className="text-12 text-ink-3">{formatDuration(runTook(run, now))}</div>
          </div>
          <RunControls detail={detail} size="m" narrow />
        </div>
      </footer>
    </>
  );
}

interface NarrowStepProps {
  row: TimelineRow;
  items: readonly StepInstance[];
  machines: Machines;
  detail: RunDetail;
  open: boolean;
  onOpen: () => void;
}

const looks: Partial<Record<TimelineRow['state'], string>> = {
  failed: 'border-fail-line bg-surface',
  waiting: 'border-line',
  ready: 'border-line bg-surface',
};

function NarrowStep({ row, items, machines, detail, open, onOpen }: NarrowStepProps) {
  const nodeId = row.bar?.nodeId ?? null;
  const colour = nodeId === null ? undefined : colourOf(machines, nodeId);
  const active = row.state === 'running' && row.bar?.nodeId != null;
  const style = (colour === undefined ? {} : { '--c': colour }) as CSSProperties;
  const machine = row.instance?.nodeId === undefined ? undefined : machines.get(row.instance.nodeId);
  return (
    <li
      className={`rounded-panel border ${active ? 'border-machine bg-surface' : (looks[row.state] ?? 'border-line bg-surface')}`}
      style={style}
    >
      <button type="button" className="row h-11 w-full gap-2.75 px-3.5 text-left" aria-expanded={open} onClick={onOpen}>
        <StateGlyph
          state={glyphOfStep[row.state]}
          size={18}
          className="rounded-round bg-surface shadow-[0_0_0_3px_var(--surface)]"
          label={row.state}
        />
        <span className={`cut font-medium ${row.state === 'waiting' ? 'text-ink-2' : ''}`}>{row.name}</span>
        <span className="ml-auto row gap-1.5 text-12 whitespace-nowrap text-ink-3">
          {machine !== undefined && <MachineChip {...machine} name={machine.name} />}
          {endWords(row)}
        </span>
      </button>
      {items.length > 0 && <Items items={items} machines={machines} name={row.name} />}
      {row.instance?.error !== undefined && (
        <p className="px-3.5 pb-3 pl-[43px] text-12">{row.instance.error.message}</p>
      )}
      {open && (
        <div className="border-t border-line">
          <Evidence detail={detail} chosen={{ step: row.stepId, path: '' }} />
        </div>
      )}
    </li>
  );
}

function endWords(row: TimelineRow): string {
  const items = row.instance?.items;
  if (items !== undefined) return `${items.done + items.failed} of ${items.total}`;
  return row.bar === null || row.state === 'running' ? '' : formatDuration(row.bar.to - row.bar.from);
}

const cellStates = { running: 'running', succeeded: 'done', failed: 'failed' } as const;

function Items({ items, machines, name }: { items: readonly StepInstance[]; machines: Machines; name: string }) {
  const worked = items.filter((step) => step.jobId !== undefined);
  if (worked.length === 0 || worked.length > mosaicLimit) return null;
  const cells = worked.map((step) => {
    const machine = step.nodeId === undefined ? undefined : machines.get(step.nodeId);
    const state = cellStates[step.state as keyof typeof cellStates] ?? 'waiting';
    return { key: `${step.stepId} ${step.path}`, state, ...(machine === undefined ? {} : { colour: machine.colour }) };
  });
  const count = (state: string) => cells.filter((cell) => cell.state === state).length;
  return (
    <div className="px-3.5 pb-3 pl-[43px]">
      <Mosaic
        fill
        cells={cells}
        label={`${name}: ${count('done')} done, ${count('failed')} failed, ${count('running')} running, ${count('waiting')} waiting`}
      />
    </div>
  );
}
