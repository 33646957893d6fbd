import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ArrowDownWideNarrow, LayoutTemplate, Plus } from 'lucide-react';
import { useState } from 'react';
import type { FlowSummary } from '../../../shared/model/run.ts';
import { useApi } from '../../api/api.ts';
import { flowsQuery } from '../../api/queries.ts';
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
import { Gallery } from './templates/gallery.tsx';

/** The flows of a workspace. */
export function FlowsPage() {
  const flows = useQuery(flowsQuery(useApi(), useWorkspace().id));
  const actions = useFlowActions();
  const mayEdit = useMay('member');
  const gallery = useGallery();
  return (
    <>
      <PageHeader
        trail={['Flows']}
        actions={
          mayEdit && (
            <>
              <ImportFlow onOpen={(flowId) => void actions.open(flowId)} onDone={() => void actions.again()} />
              <Button size="s" variant="ghost" icon={LayoutTemplate} onClick={gallery.show}>
                Templates
              </Button>
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
          <NoFlows actions={actions} onTemplates={gallery.show} />
        ) : (
          <Flows flows={flows.data} actions={actions} onTemplates={gallery.show} />
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
      {gallery.open && mayEdit && <Gallery actions={actions} onClose={gallery.hide} />}
    </>
  );
}

/** Whether the gallery is open stands in the address, so that the palette and links lead to it. */
function useGallery() {
  const navigate = useNavigate({ from: '/w/$workspaceId/flows' });
  const { templates } = useSearch({ from: '/signed-in/w/$workspaceId/flows' });
  return {
    open: templates === true,
    show: () => void navigate({ search: { templates: true } }),
    hide: () => void navigate({ search: {}, replace: true }),
  };
}

function NoFlows({ actions, onTemplates }: { actions: FlowActions; onTemplates: () => void }) {
  const mayEdit = useMay('member');
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
              <Button size="l" icon={LayoutTemplate} onClick={onTemplates}>
                Choose a template
              </Button>
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

interface FlowsProps {
  flows: readonly FlowSummary[];
  actions: FlowActions;
  onTemplates: () => void;
}

function Flows({ flows, actions, onTemplates }: FlowsProps) {
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
        <Samples flows={flows} actions={actions} onAll={onTemplates} />
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
