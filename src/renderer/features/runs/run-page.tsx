import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import type { RunDetail } from '../../../shared/model/run.ts';
import { useMachines } from '../../app/machines.ts';
import { LoadError } from '../../app/page-states.tsx';
import { useNarrow } from '../../app/use-media.ts';
import { PortValues } from '../../app/value-view.tsx';
import { useWorkspace } from '../../app/workspace.ts';
import { Notice } from '../../ui/notice.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { useNow } from '../../ui/relative-time.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { LoadingWords, Skeleton } from '../../ui/skeleton.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { glyphOfRun } from '../../ui/states.ts';
import { Attempts } from './attempts-table.tsx';
import { Evidence } from './evidence.tsx';
import { MiniCanvas } from './mini-canvas.tsx';
import { RunControls } from './run-controls.tsx';
import { type Inside, useInside, useRun } from './run-data.ts';
import { NarrowRun } from './run-narrow.tsx';
import { Summary } from './run-summary.tsx';
import { runLength, timelineByNode, timelineByStep } from './timeline.ts';
import { Axis, type Chosen, GridLines, LaneRow, StepRow } from './timeline-view.tsx';

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

function WideRun({ detail }: { detail: RunDetail }) {
  const { run } = detail;
  const { id: workspaceId } = useWorkspace();
  const inside = useInside(detail);
  const now = useNow(run.finishedAt === null ? 500 : 60_000);
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
          {run.error !== undefined && (
            <Notice tone="fail" className="mx-5 mt-3 flex-none">
              <b>{run.error.message}</b> {run.error.next}
            </Notice>
          )}
          <Timeline detail={detail} inside={inside} now={now} chosen={chosen} onChoose={choose} />
          <Attempts
            detail={detail}
            steps={workOf(detail, inside, chosen)}
            now={now}
            chosen={chosen}
            onChoose={choose}
          />
        </div>
        <aside aria-label="Evidence" className="flex min-h-0 flex-col overflow-auto border-l border-line bg-surface">
          <MiniCanvas detail={detail} inner={inside.inner} chosen={chosen} onChoose={choose} />
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
  const choose = (next: Chosen) => {
    const same = chosen !== null && chosen.step === next.step && chosen.path === next.path;
    void navigate({ search: same ? {} : next.path === '' ? { step: next.step } : next, replace: true });
  };
  return [chosen, choose];
}

/** The pieces of work that the list shows: those inside the chosen Map, else all. */
function workOf(detail: RunDetail, { inner }: Inside, chosen: Chosen | null) {
  const map =
    chosen === null ? undefined : (inner.get(chosen.step) ?? inner.get(chosen.path.match(/^[^[]+/)?.[0] ?? ''));
  return map ?? [...detail.steps.filter((step) => !inner.has(step.stepId)), ...[...inner.values()].flat()];
}

/** What came out of the whole run, while nothing is chosen. */
const Result = ({ detail }: { detail: RunDetail }) => (
  <div className="flex flex-col gap-3 p-4">
    <h2 className="text-15 font-strong">Result</h2>
    <PortValues
      values={detail.outputs}
      cut={[]}
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
  const machines = useMachines();
  const [by, setBy] = useState<'step' | 'node'>('step');
  const input = {
    run: detail.run,
    file: detail.file,
    steps: detail.steps,
    inner: inside.inner,
    tried: inside.tried,
    now,
  };
  const length = runLength(detail.run, now);
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
        {by === 'step'
          ? timelineByStep(input).map((row) => <StepRow key={row.stepId} row={row} {...view} />)
          : timelineByNode(input).map((lane) => (
              <LaneRow key={lane.nodeId ?? 'host'} lane={lane} machines={machines} flat {...view} />
            ))}
      </div>
    </section>
  );
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
