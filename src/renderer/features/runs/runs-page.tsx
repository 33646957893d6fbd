import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { CalendarClock, Square, Webhook, Workflow } from 'lucide-react';
import { isRunOver, type RunState, type RunSummary } from '../../../shared/model/run.ts';
import { useApi } from '../../api/api.ts';
import { flowsQuery, runsQuery } from '../../api/queries.ts';
import { type Machines, useMachines, weaveOf, weaveWords } from '../../app/machines.ts';
import { LoadError } from '../../app/page-states.tsx';
import { runTook, runWords } from '../../app/run-words.ts';
import { NarrowRunsTabs, RunsTabs } from '../../app/runs-tabs.tsx';
import { useNarrow } from '../../app/use-media.ts';
import { useMay, useWorkspace } from '../../app/workspace.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Icon } from '../../ui/icon.tsx';
import { formatDuration } from '../../ui/numbers.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { RelativeTime, useNow } from '../../ui/relative-time.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import { LoadingWords, Skeleton } from '../../ui/skeleton.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { glyphOfRun } from '../../ui/states.ts';
import { type Column, Table, TableRow } from '../../ui/table.tsx';
import { Weave } from '../../ui/weave.tsx';
import { useStopRun } from './run-controls.tsx';
import { lowerFirst, starterWords } from './run-origins.tsx';

type Shown = RunState | 'all';
const shownWords: Record<Shown, string> = {
  all: 'All',
  waiting: 'In line',
  running: 'Running',
  succeeded: 'Done',
  failed: 'Failed',
  cancelled: 'Stopped',
};
const segments = (Object.keys(shownWords) as Shown[]).map((value) => ({ value, label: shownWords[value] }));

/** The runs of a workspace, the latest first, by state and by flow. */
export function RunsPage() {
  const filter = useSearch({ from: '/signed-in/w/$workspaceId/runs' });
  const { id: workspaceId } = useWorkspace();
  const runs = useInfiniteQuery(runsQuery(useApi(), workspaceId, filter));
  const narrow = useNarrow();
  const all = runs.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      {narrow ? <NarrowRunsTabs at="runs" /> : <PageHeader trail={['Runs']} middle={<RunsTabs at="runs" />} />}
      <Filters narrow={narrow} />
      <div className="flex min-h-0 flex-1 flex-col overflow-auto bg-surface">
        {runs.data === undefined ? (
          runs.isError ? (
            <LoadError
              title="The runs could not be loaded"
              error={runs.error}
              onRetry={() => void runs.refetch()}
              retrying={runs.isFetching}
            />
          ) : (
            <LoadingRuns />
          )
        ) : all.length === 0 ? (
          <NoRuns filtered={Object.keys(filter).length > 0} />
        ) : (
          <RunList runs={all} narrow={narrow} />
        )}
        {runs.hasNextPage && (
          <Button
            variant="ghost"
            className="m-3 self-center"
            pending={runs.isFetchingNextPage}
            onClick={() => void runs.fetchNextPage()}
          >
            Show older runs
          </Button>
        )}
      </div>
    </>
  );
}

function Filters({ narrow }: { narrow: boolean }) {
  const filter = useSearch({ from: '/signed-in/w/$workspaceId/runs' });
  const { id: workspaceId } = useWorkspace();
  const navigate = useNavigate({ from: '/w/$workspaceId/runs' });
  const flows = useQuery(flowsQuery(useApi(), workspaceId)).data ?? [];
  const show = (state: Shown) => {
    const { state: _before, ...rest } = filter;
    void navigate({ search: state === 'all' ? rest : { ...rest, state }, replace: true });
  };
  const ofFlow = (flowId: string) => {
    const { flowId: _before, ...rest } = filter;
    void navigate({ search: flowId === 'all' ? rest : { ...rest, flowId }, replace: true });
  };
  const options = [
    { value: 'all', label: 'Every flow' },
    ...flows.map((flow) => ({ value: flow.id, label: flow.name })),
  ];
  return (
    <div
      className={`flex-none gap-2 border-b border-line bg-surface ${narrow ? 'overflow-x-auto px-4 py-3' : 'row h-11 pr-4 pl-5'}`}
    >
      <Segmented
        label="Which runs"
        value={filter.state ?? 'all'}
        segments={segments}
        onChange={show}
        size={narrow ? 'touch' : 'm'}
        fill={narrow}
      />
      {!narrow && (
        <span className="ml-auto w-60">
          <Select label="Of which flow" size="s" value={filter.flowId ?? 'all'} options={options} onChange={ofFlow} />
        </span>
      )}
    </div>
  );
}

function NoRuns({ filtered }: { filtered: boolean }) {
  const { id: workspaceId } = useWorkspace();
  if (filtered) {
    return (
      <EmptyState
        title="No run like that"
        actions={
          <Button asChild size="l">
            <Link to="/w/$workspaceId/runs" params={{ workspaceId }}>
              Show all runs
            </Link>
          </Button>
        }
      >
        No run of this workspace fits what you chose.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="No runs yet"
      actions={
        <Button asChild size="l" variant="main">
          <Link to="/w/$workspaceId/flows" params={{ workspaceId }}>
            Go to the flows
          </Link>
        </Button>
      }
    >
      A run is one execution of a flow. It keeps what went in, what came out, which node did what, and how long it took.
    </EmptyState>
  );
}

const columns: readonly Column[] = [
  { head: 'Run' },
  { head: 'How it went', width: '300px' },
  { head: 'Took', width: '110px', right: true },
  { head: 'Started by', width: '170px' },
  { head: 'When', width: '140px' },
  { head: '', label: 'What you can do', width: '60px' },
];

function RunList({ runs, narrow }: { runs: readonly RunSummary[]; narrow: boolean }) {
  const machines = useMachines();
  const now = useNow(1000);
  if (narrow) {
    return (
      <ul aria-label="Runs">
        {runs.map((run) => (
          <NarrowRow key={run.id} run={run} machines={machines} now={now} />
        ))}
      </ul>
    );
  }
  return (
    <Table label="Runs" columns={columns} rows="rich" fixed>
      {runs.map((run) => (
        <RunRow key={run.id} run={run} machines={machines} now={now} />
      ))}
    </Table>
  );
}

interface RowProps {
  run: RunSummary;
  machines: Machines;
  now: number;
}

function RunRow({ run, machines, now }: RowProps) {
  const { id: workspaceId } = useWorkspace();
  const navigate = useNavigate();
  const mayRun = useMay('member');
  const stop = useStopRun();
  const params = { workspaceId, runId: run.id };
  return (
    <TableRow onOpen={() => void navigate({ to: '/w/$workspaceId/runs/$runId', params })}>
      <td>
        <div className="leading-[18px]">
          <Link to="/w/$workspaceId/runs/$runId" params={params} className="cut block font-strong">
            {run.flowName}
          </Link>
          <div className="text-12 text-ink-3">Run {run.number}</div>
        </div>
      </td>
      <td>
        <div className="mb-1.25 row gap-2 text-12 text-ink-2">
          <StateGlyph state={glyphOfRun[run.state]} />
          <span className="cut" title={run.error?.message}>
            {runWords(run)}
          </span>
        </div>
        <Weave stretches={weaveOf(run, machines)} label={weaveWords(run, machines)} height={6} />
      </td>
      <td data-right="" className="text-12 text-ink-2">
        {formatDuration(run.finishedAt === null ? Math.floor(runTook(run, now) / 1000) * 1000 : runTook(run, now))}
      </td>
      <td className="text-12 text-ink-2">
        <Starter run={run} />
      </td>
      <td className="text-12 text-ink-2">
        <RelativeTime at={run.createdAt} />
      </td>
      <td data-right="">
        {mayRun && !isRunOver(run.state) && (
          <IconButton
            size="s"
            variant="danger"
            icon={Square}
            label={`Stop run ${run.number}`}
            disabled={stop.isPending}
            onClick={() => stop.mutate(run)}
          />
        )}
      </td>
    </TableRow>
  );
}

const triggerIcons = { schedule: CalendarClock, webhook: Webhook, flow: Workflow } as const;

/** Who started it; a schedule, a webhook or another flow by its sign, with the way to the run above. */
function Starter({ run }: { run: RunSummary }) {
  const { id: workspaceId } = useWorkspace();
  const words = starterWords(run);
  if (run.trigger !== undefined) {
    const said = (
      <>
        <Icon of={triggerIcons[run.trigger.kind]} size={14} className="text-ink-3" />
        <span className="cut">{words}</span>
      </>
    );
    if (run.parent === undefined) return <span className="row gap-2">{said}</span>;
    const params = { workspaceId, runId: run.parent.runId };
    return (
      <Link to="/w/$workspaceId/runs/$runId" params={params} className="link row w-fit gap-2">
        {said}
      </Link>
    );
  }
  if (run.startedBy === null) return null;
  return (
    <span className="row gap-2">
      <Avatar name={run.startedBy} size={18} said={false} />
      <span className="cut">{run.startedBy}</span>
    </span>
  );
}

function NarrowRow({ run, machines, now }: RowProps) {
  const { id: workspaceId } = useWorkspace();
  return (
    <li className="border-b border-line">
      <Link
        to="/w/$workspaceId/runs/$runId"
        params={{ workspaceId, runId: run.id }}
        className="grid grid-cols-[18px_1fr_auto] items-center gap-x-2.75 gap-y-1.5 px-4 py-3.25"
      >
        <StateGlyph state={glyphOfRun[run.state]} size={16} />
        <span className="cut font-medium">{run.flowName}</span>
        <span className="text-12 text-ink-3">
          {run.finishedAt === null ? (
            formatDuration(Math.floor(runTook(run, now) / 1000) * 1000)
          ) : (
            <RelativeTime at={run.createdAt} />
          )}
        </span>
        <span />
        <span className="col-span-2">
          <Weave stretches={weaveOf(run, machines)} label={weaveWords(run, machines)} height={6} />
          <span className="mt-1.5 block text-12 text-ink-3">
            {runWords(run)}
            {starterWords(run) === null ? '' : `, by ${lowerFirst(starterWords(run) ?? '', run)}`}
          </span>
        </span>
      </Link>
    </li>
  );
}

const LoadingRuns = () => (
  <>
    <LoadingWords>Loading the runs</LoadingWords>
    <Table label="Runs" columns={columns} rows="rich" fixed>
      {[70, 52, 61, 44].map((width) => (
        <tr key={width}>
          <td>
            <Skeleton width={`${width}%`} />
          </td>
          <td>
            <Skeleton width={120} className="mb-2" />
            <Skeleton width="100%" height={6} />
          </td>
          <td data-right="">
            <Skeleton width={48} className="ml-auto" />
          </td>
          <td>
            <Skeleton width={96} />
          </td>
          <td>
            <Skeleton width={64} />
          </td>
          <td />
        </tr>
      ))}
    </Table>
  </>
);
