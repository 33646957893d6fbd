import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';
import type { Approval } from '../../../shared/model/approval.ts';
import { useApi } from '../../api/api.ts';
import { approvalQuery, decidedApprovalsQuery, pendingApprovalsQuery } from '../../api/queries.ts';
import { ApprovalAsk } from '../../app/approval-ask.tsx';
import { LoadError } from '../../app/page-states.tsx';
import { NarrowRunsTabs, RunsTabs } from '../../app/runs-tabs.tsx';
import { useNarrow } from '../../app/use-media.ts';
import { useWorkspace } from '../../app/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { LoadingWords, Skeleton } from '../../ui/skeleton.tsx';
import { ApprovalList } from './approval-list.tsx';

/** What runs ask people: those that wait for an answer, and those that have one. */
export function ApprovalsPage() {
  const api = useApi();
  const { id: workspaceId } = useWorkspace();
  const narrow = useNarrow();
  const pending = useQuery(pendingApprovalsQuery(api, workspaceId));
  const decided = useQuery(decidedApprovalsQuery(api, workspaceId));
  return (
    <>
      {narrow ? (
        <NarrowRunsTabs at="approvals" />
      ) : (
        <PageHeader trail={['Runs']} middle={<RunsTabs at="approvals" />} />
      )}
      {pending.data !== undefined && decided.data !== undefined ? (
        pending.data.length + decided.data.length === 0 ? (
          <NoApprovals />
        ) : (
          <Approvals pending={pending.data} decided={decided.data} narrow={narrow} />
        )
      ) : pending.isError || decided.isError ? (
        <div className="flex min-h-0 flex-1 overflow-auto bg-surface">
          <LoadError
            title="The approvals could not be loaded"
            error={pending.error ?? decided.error}
            onRetry={() => void Promise.all([pending.refetch(), decided.refetch()])}
            retrying={pending.isFetching || decided.isFetching}
          />
        </div>
      ) : (
        <Loading />
      )}
    </>
  );
}

const Loading = () => (
  <div className="flex min-h-0 flex-1 flex-col gap-5 bg-surface p-5">
    <LoadingWords>Loading the approvals</LoadingWords>
    {[220, 180, 260].map((width) => (
      <div key={width} className="flex flex-col gap-2">
        <Skeleton width={width} />
        <Skeleton width={width / 2} />
      </div>
    ))}
  </div>
);

function NoApprovals() {
  const { id: workspaceId } = useWorkspace();
  return (
    <div className="flex min-h-0 flex-1 overflow-auto bg-surface">
      <EmptyState
        title="Nothing has been asked yet"
        actions={
          <Button asChild size="l" variant="main">
            <Link to="/w/$workspaceId/flows" params={{ workspaceId }}>
              Go to the flows
            </Link>
          </Button>
        }
      >
        An Approval step asks people before a run goes on: pay this, send that. What waits for an answer stands here.
      </EmptyState>
    </div>
  );
}

interface ApprovalsProps {
  pending: readonly Approval[];
  decided: readonly Approval[];
  narrow: boolean;
}

function Approvals({ pending, decided, narrow }: ApprovalsProps) {
  const { approval: wanted } = useSearch({ from: '/signed-in/w/$workspaceId/runs/approvals' });
  const navigate = useNavigate({ from: '/w/$workspaceId/runs/approvals' });
  const choose = (id: string | null) =>
    void navigate({ search: id === null ? {} : { approval: id }, replace: !narrow });
  const listed = [...pending, ...decided];
  const id = wanted ?? (narrow ? null : (listed[0]?.id ?? null));
  const list = <ApprovalList pending={pending} decided={decided} chosen={id} onChoose={choose} />;
  if (narrow) {
    return (
      <div className="min-h-0 flex-1 overflow-auto bg-surface">
        {id === null ? list : <Chosen id={id} listed={listed} onBack={() => choose(null)} />}
      </div>
    );
  }
  return (
    <div className="grid min-h-0 flex-1 grid-cols-[minmax(280px,380px)_minmax(0,1fr)] bg-surface">
      <div className="min-h-0 overflow-auto border-r border-line">{list}</div>
      <div className="min-h-0 overflow-auto">{id !== null && <Chosen id={id} listed={listed} />}</div>
    </div>
  );
}

interface ChosenProps {
  id: string;
  listed: readonly Approval[];
  onBack?: () => void;
}

function Chosen({ id, listed, onBack }: ChosenProps) {
  const { id: workspaceId } = useWorkspace();
  const known = listed.find((one) => one.id === id);
  const asked = useQuery({ ...approvalQuery(useApi(), id), enabled: known === undefined });
  const approval = known ?? asked.data;
  if (approval === undefined) {
    return (
      <p className="p-5 text-ink-3" role="status">
        {asked.isError ? 'This approval is not there any more.' : 'Loading'}
      </p>
    );
  }
  const search = { step: approval.stepId, ...(approval.path === '' ? {} : { path: approval.path }) };
  return (
    <article className="max-w-[640px] p-5" key={approval.id}>
      <header className="mb-4 row items-start gap-2">
        {onBack !== undefined && (
          <button
            type="button"
            className="-mt-2.5 -ml-3 grid size-11 flex-none place-items-center text-ink-2"
            aria-label="All approvals"
            onClick={onBack}
          >
            <ChevronLeft size={20} strokeWidth={1.6} aria-hidden />
          </button>
        )}
        <div className="min-w-0">
          <h2 className="text-15 font-strong">{approval.stepName}</h2>
          <Link
            to="/w/$workspaceId/runs/$runId"
            params={{ workspaceId, runId: approval.runId }}
            search={search}
            className="link text-12 text-ink-2"
          >
            {approval.flowName}, run {approval.runNumber}
          </Link>
        </div>
      </header>
      <ApprovalAsk approval={approval} />
    </article>
  );
}
