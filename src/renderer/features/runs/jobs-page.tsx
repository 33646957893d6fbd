import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Ban, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import type { Job } from '../../../shared/model/job.ts';
import { useApi } from '../../api/api.ts';
import type { JobFilter } from '../../api/keys.ts';
import { jobsQuery } from '../../api/queries.ts';
import { LoadError } from '../../app/page-states.tsx';
import { NarrowRunsTabs, RunsTabs } from '../../app/runs-tabs.tsx';
import { useNarrow } from '../../app/use-media.ts';
import { useMay, useWorkspace } from '../../app/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatPlural } from '../../ui/numbers.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import { LoadingWords, Skeleton } from '../../ui/skeleton.tsx';
import { JobPanel } from './job-panel.tsx';
import { JobRows } from './job-rows.tsx';
import { useJobActions } from './use-job-actions.ts';

const everyKind = 'every kind';
/** Open jobs come and go quickly. */
const askAgainMs = { look: 10_000, open: 2000 } as const;

/** Jobs that belong to no run: those that need a look, and those that wait or are worked on. */
export function JobsPage() {
  const { show: wanted, job: chosenId } = useSearch({ from: '/signed-in/w/$workspaceId/runs/jobs' });
  const show: 'open' | 'look' = wanted === 'open' ? 'open' : 'look';
  const navigate = useNavigate({ from: '/w/$workspaceId/runs/jobs' });
  const { id: workspaceId } = useWorkspace();
  const narrow = useNarrow();
  const [kind, setKind] = useState(everyKind);
  const filter: JobFilter = {
    state: show === 'open' ? 'queued,assigned,running' : 'failed,dead',
    ...(kind === everyKind ? {} : { kind }),
  };
  const jobs = useInfiniteQuery({
    ...jobsQuery(useApi(), workspaceId, filter),
    refetchInterval: askAgainMs[show],
  });
  const all = jobs.data?.pages.flatMap((page) => page.items) ?? [];
  const kinds = [...new Set([...all.map((job) => job.kind), ...(kind === everyKind ? [] : [kind])])].sort();
  const chosen = all.find((job) => job.id === chosenId);
  const choose = (job: string | null) =>
    void navigate({
      search: { ...(show === 'open' ? { show } : {}), ...(job === null ? {} : { job }) },
      replace: true,
    });
  return (
    <>
      {narrow ? <NarrowRunsTabs at="jobs" /> : <PageHeader trail={['Runs']} middle={<RunsTabs at="jobs" />} />}
      <div
        className={`flex-none flex-wrap gap-2 border-b border-line bg-surface ${narrow ? 'flex px-4 py-2.5' : 'row h-11 pr-4 pl-5'}`}
      >
        <Segmented
          label="Which jobs"
          value={show}
          segments={[
            { value: 'look', label: 'Need a look' },
            { value: 'open', label: 'Open' },
          ]}
          onChange={(next) => void navigate({ search: next === 'open' ? { show: 'open' } : {}, replace: true })}
        />
        <span className="w-40">
          <Select
            label="Of which kind"
            size="s"
            value={kind}
            options={[everyKind, ...kinds].map((value) => ({
              value,
              label: value === everyKind ? 'Every kind' : value,
            }))}
            onChange={setKind}
          />
        </span>
        <span className="ml-auto row gap-2">
          {all.length > 0 && (show === 'open' ? <CancelAll jobs={all} /> : <RequeueAll filter={filter} />)}
        </span>
      </div>
      <div
        className={`grid min-h-0 flex-1 ${chosen === undefined || narrow ? '' : 'grid-cols-[minmax(0,1fr)_372px]'} bg-surface`}
      >
        {!(narrow && chosen !== undefined) && (
          <div className="flex min-h-0 min-w-0 flex-col overflow-auto">
            {jobs.data === undefined ? (
              jobs.isError ? (
                <LoadError
                  title="The jobs could not be loaded"
                  error={jobs.error}
                  onRetry={() => void jobs.refetch()}
                  retrying={jobs.isFetching}
                />
              ) : (
                <Loading />
              )
            ) : all.length === 0 ? (
              <NoJobs show={show} />
            ) : (
              <JobRows jobs={all} chosen={chosenId ?? null} onChoose={choose} narrow={narrow} />
            )}
            {jobs.hasNextPage && (
              <Button
                variant="ghost"
                className="m-3 self-center"
                pending={jobs.isFetchingNextPage}
                onClick={() => void jobs.fetchNextPage()}
              >
                Show older jobs
              </Button>
            )}
          </div>
        )}
        {chosen !== undefined && <JobPanel key={chosen.id} job={chosen} onClose={() => choose(null)} />}
      </div>
    </>
  );
}

const Loading = () => (
  <div className="flex flex-col gap-4 p-5">
    <LoadingWords>Loading the jobs</LoadingWords>
    {[62, 48, 70].map((width) => (
      <Skeleton key={width} width={`${width}%`} />
    ))}
  </div>
);

const NoJobs = ({ show }: { show: 'look' | 'open' }) =>
  show === 'open' ? (
    <EmptyState title="No open job">
      Jobs that programs send through the API, and that belong to no run, stand here while they wait or are worked on.
    </EmptyState>
  ) : (
    <EmptyState title="No job needs a look">
      Jobs that programs send through the API stand here when they failed, or when nodes failed them too often. Those of
      runs stand with their run.
    </EmptyState>
  );

function RequeueAll({ filter }: { filter: JobFilter }) {
  const mayRun = useMay('member');
  const { requeueAll } = useJobActions();
  if (!mayRun) return null;
  return (
    <Button size="s" icon={RotateCcw} pending={requeueAll.isPending} onClick={() => requeueAll.mutate(filter.kind)}>
      Put all in line again
    </Button>
  );
}

/** Cancels those that are listed, by name: what comes later stays. */
function CancelAll({ jobs }: { jobs: readonly Job[] }) {
  const mayRun = useMay('member');
  const { cancelAll } = useJobActions();
  const [asking, setAsking] = useState(false);
  const which = jobs.length === 1 ? 'this job' : `these ${formatPlural(jobs.length, 'job')}`;
  if (!mayRun) return null;
  return (
    <>
      <Button size="s" variant="danger" icon={Ban} onClick={() => setAsking(true)}>
        Cancel {which}
      </Button>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={`Cancel ${which}?`}
        text="Nodes that work on them stop at once; what they did so far is lost."
        keep="Let them go on"
        confirm={`Cancel ${which}`}
        onConfirm={() => cancelAll.mutateAsync(jobs.map((job) => job.id))}
      />
    </>
  );
}
