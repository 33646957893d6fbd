import { useQuery } from '@tanstack/react-query';
import { ArrowDownWideNarrow, Plus } from 'lucide-react';
import { useState } from 'react';
import type { FlowSummary } from '../../../shared/model/run.ts';
import { useApi } from '../../api/api.ts';
import { flowsQuery, samplesQuery } from '../../api/queries.ts';
import { LoadError } from '../../app/page-states.tsx';
import { readStored, writeStored } from '../../app/stored.ts';
import { TriggersDialog } from '../../app/triggers-dialog.tsx';
import { useNarrow } from '../../app/use-media.ts';
import { useMay, useWorkspace } from '../../app/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Menu, MenuChoice } from '../../ui/menu.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { LoadingWords } from '../../ui/skeleton.tsx';
import { type FlowActions, useFlowActions } from './flow-actions.ts';
import { FlowList } from './flow-list.tsx';
import { FlowTable, FlowTableSkeleton } from './flow-table.tsx';
import { ImportFlow } from './import-flow.tsx';
import { NewFlowPicture } from './new-flow-picture.tsx';
import { RenameFlow } from './rename-flow.tsx';
import { Samples } from './samples.tsx';
import { type FlowOrder, flowOrders, flowOrderWords, isRunning, sortFlows } from './sort-flows.ts';

/** The flows of a workspace. */
export function FlowsPage() {
  const flows = useQuery(flowsQuery(useApi(), useWorkspace().id));
  const actions = useFlowActions();
  const mayEdit = useMay('member');
  return (
    <>
      <PageHeader
        trail={['Flows']}
        actions={
          mayEdit && (
            <>
              <ImportFlow onOpen={(flowId) => void actions.open(flowId)} onDone={() => void actions.again()} />
              <Button
                size="s"
                variant="main"
                icon={Plus}
                pending={actions.create.isPending}
                onClick={() => actions.create.mutate({})}
              >
                New flow
              </Button>
            </>
          )
        }
      />
      {flows.data !== undefined ? (
        flows.data.length === 0 ? (
          <NoFlows actions={actions} />
        ) : (
          <Flows flows={flows.data} actions={actions} />
        )
      ) : flows.isError ? (
        <div className="flex min-h-0 flex-1 overflow-auto bg-surface">
          <LoadError
            title="The flows could not be loaded"
            error={flows.error}
            onRetry={() => void flows.refetch()}
            retrying={flows.isFetching}
          />
        </div>
      ) : (
        <div className="min-h-0 flex-1 bg-surface pt-11">
          <LoadingWords>Loading the flows</LoadingWords>
          <FlowTableSkeleton />
        </div>
      )}
    </>
  );
}

function NoFlows({ actions }: { actions: FlowActions }) {
  const mayEdit = useMay('member');
  const [sample] = useQuery(samplesQuery(useApi())).data ?? [];
  return (
    <div className="flex min-h-0 flex-1 overflow-auto bg-surface">
      <EmptyState
        picture={<NewFlowPicture />}
        title="No flows yet"
        actions={
          mayEdit && (
            <>
              <Button size="l" variant="main" icon={Plus} onClick={() => actions.create.mutate({})}>
                New flow
              </Button>
              {sample !== undefined && (
                <Button size="l" onClick={() => actions.create.mutate({ sample: sample.id })}>
                  Open a sample
                </Button>
              )}
            </>
          )
        }
      >
        A flow is a drawing of work: read these files, ask that model, save the result. Draw one, and the workspace’s
        nodes carry it out.
      </EmptyState>
    </div>
  );
}

type Shown = 'all' | 'running';
const orderOf = (stored: string | null): FlowOrder => flowOrders.find((order) => order === stored) ?? 'run';

function Flows({ flows, actions }: { flows: readonly FlowSummary[]; actions: FlowActions }) {
  const narrow = useNarrow();
  const [shown, setShown] = useState<Shown>('all');
  const [order, setOrder] = useState<FlowOrder>(() => orderOf(readStored('flow-order')));
  const [renaming, setRenaming] = useState<FlowSummary | null>(null);
  const [triggering, setTriggering] = useState<FlowSummary | null>(null);
  const running = flows.filter(isRunning);
  const listed = sortFlows(shown === 'running' ? running : flows, order);
  const chooseOrder = (next: FlowOrder) => {
    writeStored('flow-order', next);
    setOrder(next);
  };
  return (
    <>
      <div className="row h-11 flex-none gap-2 border-b border-line bg-surface pr-4 pl-5">
        <Segmented
          label="Which flows"
          value={shown}
          onChange={setShown}
          segments={[
            { value: 'all', label: 'All', count: flows.length },
            { value: 'running', label: 'Running', ...(running.length > 0 ? { count: running.length } : {}) },
          ]}
        />
        <span className="ml-auto">
          <Menu
            trigger={
              <Button size="s" variant="ghost" icon={ArrowDownWideNarrow}>
                {flowOrderWords[order]}
              </Button>
            }
          >
            <MenuChoice
              value={order}
              onChange={chooseOrder}
              options={flowOrders.map((one) => ({ value: one, label: flowOrderWords[one] }))}
            />
          </Menu>
        </span>
      </div>
      <div className="flex min-h-0 flex-1 flex-col overflow-auto bg-surface">
        {listed.length === 0 ? (
          <p className="p-5 text-ink-3">No flow runs now.</p>
        ) : narrow ? (
          <FlowList flows={listed} actions={actions} onRename={setRenaming} onTriggers={setTriggering} />
        ) : (
          <FlowTable flows={listed} actions={actions} onRename={setRenaming} onTriggers={setTriggering} />
        )}
        <Samples flows={flows} actions={actions} />
      </div>
      {triggering !== null && (
        <TriggersDialog flowId={triggering.id} name={triggering.name} onClose={() => setTriggering(null)} />
      )}
      {renaming !== null && (
        <RenameFlow
          key={renaming.id}
          flow={renaming}
          onClose={() => setRenaming(null)}
          onDone={() => void actions.again()}
        />
      )}
    </>
  );
}
