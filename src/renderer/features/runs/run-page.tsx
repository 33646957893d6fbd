import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import type { RunDetail, StepInstance } from '../../../shared/model/run.ts';
import { useMachines } from '../../app/machines.ts';
import { LoadError } from '../../app/page-states.tsx';
import { useNarrow } from '../../app/use-media.ts';
import { PortValues } from '../../app/value/port-values.tsx';
import { useWorkspace } from '../../app/workspace.ts';
import { Later } from '../../ui/later.tsx';
import { Notice } from '../../ui/notice.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { useNow } from '../../ui/relative-time.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { LoadingWords, Skeleton } from '../../ui/skeleton.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { glyphOfRun } from '../../ui/states.ts';
import { VirtualRows } from '../../ui/virtual-rows.tsx';
import { Attempts } from './attempts-table.tsx';
import { Evidence } from './evidence.tsx';
import type { ShownWindow } from './item-window.ts';
import { MiniCanvas, MiniCanvasPlace } from './mini-canvas.tsx';
import { RunControls } from './run-controls.tsx';
import { type Inside, stepName, useInside, useRun } from './run-data.ts';
import { NarrowRun } from './run-narrow.tsx';
import { InLine, Origins } from './run-origins.tsx';
import { Summary } from './run-summary.tsx';
import { runLength, type TimelineInput, timelineByNode, timelineByStep } from './timeline.ts';
import { Axis, type Chosen, GridLines, LaneRow, rowHeight, StepRow } from './timeline-view.tsx';

/** One run: its timeline beside the flow as it ran, and the evidence of each piece of work. */
export function RunPage() {
  const { runId } = useParams({ from: '/signed-in/w/$workspaceId/runs/$runId' });
  const { id: workspaceId } = useWorkspace();
  const run = useRun(runId);
  const narrow = useNarrow();
  if (run.data !== undefined)
    return narrow ? <NarrowRun key={runId} detail={run.data} /> : <WideRun key={runId} detail={run.data} />;
  return (
    <>
      <PageHeader
        trail={[
          <Link key="runs" to="/w/$workspaceId/runs" params={{ workspaceId }}>
            Runs
          </Link>,
          'Run',
        ]}
      />
      {run.isError ? (
        <div className="flex min-h-0 flex-1 overflow-auto bg-surface">
          <LoadError
            title="The run could not be loaded"
            error={run.error}
            onRetry={() => void run.refetch()}
            retrying={run.isFetching}
          />
        </div>
      ) : (
        <LoadingRun />
      )}
    </>
  );
}

const LoadingRun = () => (
  <div className="min-h-0 flex-1 bg-surface">
    <LoadingWords>Loading the run</LoadingWords>
    <div className="flex h-20 items-center gap-8 border-b border-line px-5">
      {[96, 140, 84].map((width) => (
        <Skeleton key={width} width={width} height={16} />
      ))}
    </div>
    <div className="flex flex-col gap-5.5 p-5">
      {[20, 34, 62, 48, 12].map((width) => (
        <div key={width} className="row gap-10">
          <Skeleton width={150} />
          <Skeleton width={`${width}%`} height={16} />
        </div>
      ))}
    </div>
  </div>
);

/** Above this the bars of what runs grow less often: nobody sees the difference, and the page stays quick. */
const manySteps = 100;

function WideRun({ detail }: { detail: RunDetail }) {
  const { run } = detail;
  const { id: workspaceId } = useWorkspace();
  const inside = useInside(detail);
  const now = useNow(run.finishedAt === null ? (detail.steps.length > manySteps ? 2000 : 500) : 60_000);
  const [chosen, choose] = useChosen(detail);
  const runs = (
    <Link key="runs" to="/w/$workspaceId/runs" params={{ workspaceId }}>
      Runs
    </Link>
  );
  const flow: ReactNode =
    run.flowId === null ? (
      run.flowName
    ) : (
      <Link key="flow" to="/w/$workspaceId/flows/$flowId" params={{ workspaceId, flowId: run.flowId }}>
        {run.flowName}
      </Link>
    );
  return (
    <>
      <PageHeader
        trail={[runs, flow, `Run ${run.number}`]}
        status={<StateBadge state={glyphOfRun[run.state]} />}
        actions={<RunControls detail={detail} />}
      />
      <Summary run={run} now={now} />
      <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_minmax(300px,372px)]">
        <div className="flex min-h-0 min-w-0 flex-col overflow-auto bg-surface">
          <Origins detail={detail} />
          {run.state === 'waiting' && <InLine detail={detail} className="mx-5 mt-3 flex-none" />}
          {run.error !== undefined && (
            <Notice tone="fail" className="mx-5 mt-3 flex-none">
              <b>{run.error.message}</b> {run.error.next}
            </Notice>
          )}
          <Timeline detail={detail} inside={inside} now={now} chosen={chosen} onChoose={choose} />
          <Later>
            <Attempts
              detail={detail}
              work={workOf(detail, inside, chosen)}
              now={now}
              chosen={chosen}
              onChoose={choose}
            />
          </Later>
        </div>
        <aside aria-label="Evidence" className="flex min-h-0 flex-col overflow-auto border-l border-line bg-surface">
          <Later instead={<MiniCanvasPlace />}>
            <MiniCanvas detail={detail} inner={inside.inner} chosen={chosen} onChoose={choose} />
          </Later>
          {chosen === null ? (
            <Result detail={detail} />
          ) : (
            <Evidence key={`${chosen.step} ${chosen.path}`} detail={detail} chosen={chosen} />
          )}
        </aside>
      </div>
    </>
  );
}

/** The chosen piece of work stands in the address, so that a link leads to it. */
function useChosen(detail: RunDetail): [Chosen | null, (next: Chosen) => void] {
  const { step, path = '' } = useSearch({ from: '/signed-in/w/$workspaceId/runs/$runId' });
  const navigate = useNavigate({ from: '/w/$workspaceId/runs/$runId' });
  const known = step !== undefined && detail.file.steps.some((one) => one.id === step);
  const chosen = useMemo(() => (known && step !== undefined ? { step, path } : null), [known, step, path]);
  const choose = useCallback(
    (next: Chosen) => {
      const same = chosen !== null && chosen.step === next.step && chosen.path === next.path;
      void navigate({ search: same ? {} : next.path === '' ? { step: next.step } : next, replace: true });
    },
    [chosen, navigate],
  );
  return [chosen, choose];
}

interface Work {
  steps: readonly StepInstance[];
  /** Where they are the items of one long Map: which, and the way to others. */
  pager: { name: string; window: ShownWindow; onWindow: (first: number | null) => void } | null;
}

/** The pieces of work that the list shows: those inside the chosen Map, else all; failed ones always. */
function workOf(detail: RunDetail, { inner, windows, failed, show }: Inside, chosen: Chosen | null): Work {
  const ofChosen = chosen === null ? undefined : inner.has(chosen.step) ? chosen.step : outermost(chosen.path);
  const map = ofChosen === undefined ? undefined : inner.get(ofChosen);
  if (ofChosen === undefined || map === undefined) {
    const top = detail.steps.filter((step) => !inner.has(step.stepId));
    return { steps: unique([...top, ...[...inner.values()].flat(), ...failed]), pager: null };
  }
  const window = windows.get(ofChosen);
  const others = failed.filter((step) => outermost(step.path) === ofChosen);
  const isLong = window !== undefined && window.total > window.items;
  const onWindow = (first: number | null) => show(ofChosen, first);
  return {
    steps: unique([...map, ...others]),
    pager: isLong ? { name: stepName(detail, ofChosen), window, onWindow } : null,
  };
}

const outermost = (path: string): string => /^[^[]+/.exec(path)?.[0] ?? '';

const unique = (steps: readonly StepInstance[]): StepInstance[] => [
  ...new Map(steps.map((step) => [`${step.stepId} ${step.path}`, step])).values(),
];

/** What came out of the whole run, while nothing is chosen. */
const Result = ({ detail }: { detail: RunDetail }) => (
  <div className="flex flex-col gap-3 p-4">
    <h2 className="text-15 font-strong">Result</h2>
    <PortValues
      tools
      values={detail.outputs}
      cut={detail.cut}
      empty={detail.run.finishedAt === null ? 'It comes when the run has finished.' : 'The run gave no output.'}
    />
    <p className="text-12 text-ink-3">Choose a step or a bar to see what went in, what came out, and who did it.</p>
  </div>
);

interface TimelineProps {
  detail: RunDetail;
  inside: Inside;
  now: number;
  chosen: Chosen | null;
  onChoose: (chosen: Chosen) => void;
}

function Timeline({ detail, inside, now, chosen, onChoose }: TimelineProps) {
  const [by, setBy] = useState<'step' | 'node'>('step');
  const { run, file, steps } = detail;
  const { inner, tried } = inside;
  const input = useMemo(() => ({ run, file, steps, inner, tried, now }), [run, file, steps, inner, tried, now]);
  const length = runLength(run, now);
  const view = { length, chosen, onChoose };
  return (
    <section aria-label="Timeline" className="flex-none">
      <div className="row h-12 gap-3 pr-4 pl-5">
        <h2 className="font-strong">Timeline</h2>
        <Segmented
          label="Timeline"
          value={by}
          onChange={setBy}
          segments={[
            { value: 'step', label: 'By step' },
            { value: 'node', label: 'By node' },
          ]}
        />
        <Legend />
      </div>
      <Axis length={length} />
      <div className="relative pt-1 pb-1.5">
        <GridLines length={length} />
        {by === 'step' ? <ByStep input={input} inside={inside} {...view} /> : <ByNode input={input} {...view} />}
      </div>
    </section>
  );
}

interface RowsProps {
  input: TimelineInput;
  length: number;
  chosen: Chosen | null;
  onChoose: (chosen: Chosen) => void;
}

/** A row a step; of many steps only those in sight stand in the page. */
function ByStep({ input, inside, ...view }: RowsProps & { inside: Inside }) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => timelineByStep(input), [input]);
  const windowOf = (stepId: string) => {
    const window = inside.windows.get(stepId);
    return window !== undefined && window.total > window.items ? window : null;
  };
  const setOpen = (stepId: string, open: boolean) =>
    setClosed((before) => new Set(open ? [...before].filter((id) => id !== stepId) : [...before, stepId]));
  return (
    <VirtualRows heights={rows.map((row) => rowHeight(row, windowOf(row.stepId), !closed.has(row.stepId)))}>
      {(index) => {
        const row = rows[index];
        return row === undefined ? null : (
          <StepRow
            row={row}
            window={windowOf(row.stepId)}
            onWindow={(first) => inside.show(row.stepId, first)}
            open={!closed.has(row.stepId)}
            onOpen={(open) => setOpen(row.stepId, open)}
            {...view}
          />
        );
      }}
    </VirtualRows>
  );
}

function ByNode({ input, ...view }: RowsProps) {
  const machines = useMachines();
  const lanes = useMemo(() => timelineByNode(input), [input]);
  return lanes.map((lane) => <LaneRow key={lane.nodeId ?? 'host'} lane={lane} machines={machines} flat {...view} />);
}

const Legend = () => (
  <div className="ml-auto hidden gap-4 text-12 text-ink-3 wide:flex" aria-hidden="true">
    <span className="row gap-2">
      <span className="w-4.5 border-t-[1.5px] border-dotted border-line-ui" />
      in line
    </span>
    <span className="row gap-2">
      <span className="h-2.25 w-3.5 rounded-[3px] bg-line-ui" />
      on the host
    </span>
  </div>
);
