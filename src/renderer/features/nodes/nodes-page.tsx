import './nodes.css';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import type { Node } from '../../../shared/model/node.ts';
import { useApi } from '../../api/api.ts';
import { nodesQuery } from '../../api/queries.ts';
import { gpuWords, presenceOf } from '../../app/node-facts.ts';
import { LoadError } from '../../app/page-states.tsx';
import { useNarrow } from '../../app/use-media.ts';
import { useMay, useWorkspace } from '../../app/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { MachineChip } from '../../ui/machine-chip.tsx';
import { formatPlural } from '../../ui/numbers.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { LoadingWords } from '../../ui/skeleton.tsx';
import { AddNode } from './add-node.tsx';
import { DoesNow } from './does-now.tsx';
import { Load } from './load.tsx';
import { NodePanel } from './node-panel.tsx';
import { NodeTable, NodeTableSkeleton } from './node-table.tsx';
import { PoolMemory } from './pool-memory.tsx';
import { WaitingNodes } from './waiting-nodes.tsx';

/** Those that work first, those that are gone last; else by name. */
const order = (node: Node): number => ({ here: node.currentJobs > 0 ? 0 : 1, away: 2, lost: 3 })[presenceOf(node)];
const sortNodes = (nodes: readonly Node[]) =>
  nodes.toSorted((a, b) => order(a) - order(b) || a.name.localeCompare(b.name, 'en', { numeric: true }));

function ownersWords(nodes: readonly Node[]): string {
  const owners = new Set(nodes.flatMap((node) => node.ownerName ?? []));
  return `${formatPlural(nodes.length, 'node')}${owners.size > 1 ? ` of ${owners.size} people` : ''}`;
}

/** The nodes of a workspace: what they have, do and have done. */
export function NodesPage() {
  const { id: workspaceId } = useWorkspace();
  const nodes = useQuery(nodesQuery(useApi(), workspaceId));
  const { node: chosenId, add } = useSearch({ from: '/signed-in/w/$workspaceId/nodes' });
  const navigate = useNavigate({ from: '/w/$workspaceId/nodes' });
  const mayAdd = useMay('admin');
  const choose = (node: string | undefined) =>
    void navigate({ search: node === undefined ? {} : { node }, replace: true });
  const openAdd = (open: boolean) => void navigate({ search: open ? { add: true } : {}, replace: true });
  const stateHere = (node: Node) => node.workspaces.find((one) => one.id === workspaceId)?.state;
  const all = nodes.data ?? [];
  const serving = sortNodes(all.filter((node) => stateHere(node) !== 'waits'));
  return (
    <>
      <PageHeader
        trail={['Nodes']}
        status={serving.length > 0 ? ownersWords(serving) : undefined}
        actions={
          mayAdd && (
            <Button size="s" variant="main" icon={Plus} onClick={() => openAdd(true)}>
              Add a node
            </Button>
          )
        }
      />
      {nodes.data === undefined ? (
        nodes.isError ? (
          <div className="flex min-h-0 flex-1 overflow-auto bg-surface">
            <LoadError
              title="The nodes could not be loaded"
              error={nodes.error}
              onRetry={() => void nodes.refetch()}
              retrying={nodes.isFetching}
            />
          </div>
        ) : (
          <div className="min-h-0 flex-1 bg-surface">
            <LoadingWords>Loading the nodes</LoadingWords>
            <NodeTableSkeleton />
          </div>
        )
      ) : (
        <>
          <WaitingNodes nodes={all.filter((node) => stateHere(node) === 'waits')} />
          {serving.length === 0 ? (
            <NoNodes onAdd={() => openAdd(true)} />
          ) : (
            <Nodes nodes={serving} chosenId={chosenId} onChoose={choose} />
          )}
        </>
      )}
      {add === true && <AddNode open onOpenChange={openAdd} onAdded={choose} />}
    </>
  );
}

function NoNodes({ onAdd }: { onAdd: () => void }) {
  const mayAdd = useMay('admin');
  return (
    <div className="flex min-h-0 flex-1 overflow-auto bg-surface">
      <EmptyState
        picture={
          <span className="flex gap-3" aria-hidden="true">
            {[1, 2, 3].map((look) => (
              <MachineChip key={look} colour={look} mark={look} presence="lost" size={36} />
            ))}
          </span>
        }
        title="No nodes yet"
        actions={
          mayAdd && (
            <Button size="l" variant="main" icon={Plus} onClick={onAdd}>
              Add a node
            </Button>
          )
        }
      >
        A node is a machine that does the work of this workspace, within the limits its owner sets. Without one, runs
        wait in line.
      </EmptyState>
    </div>
  );
}

interface NodesProps {
  nodes: readonly Node[];
  chosenId: string | undefined;
  onChoose: (nodeId: string | undefined) => void;
}

function Nodes({ nodes, chosenId, onChoose }: NodesProps) {
  const narrow = useNarrow();
  const chosen = nodes.find((node) => node.id === chosenId);
  if (narrow)
    return chosen === undefined ? (
      <NodeList nodes={nodes} onChoose={onChoose} />
    ) : (
      <NodePanel node={chosen} onClose={() => onChoose(undefined)} />
    );
  return (
    <>
      <PoolMemory nodes={nodes} />
      <div className={`grid min-h-0 flex-1 ${chosen === undefined ? '' : 'grid-cols-[minmax(0,1fr)_344px]'}`}>
        <div className="min-h-0 min-w-0 overflow-auto bg-surface">
          <NodeTable nodes={nodes} chosen={chosen?.id} onChoose={(id) => onChoose(id === chosenId ? undefined : id)} />
        </div>
        {chosen !== undefined && <NodePanel node={chosen} onClose={() => onChoose(undefined)} />}
      </div>
    </>
  );
}

const NodeList = ({ nodes, onChoose }: { nodes: readonly Node[]; onChoose: (nodeId: string) => void }) => (
  <ul aria-label="Nodes" className="min-h-0 flex-1 overflow-auto bg-surface">
    {nodes.map((node) => (
      <li key={node.id} className="border-b border-line px-4 py-3">
        <button type="button" className="row min-h-11 w-full gap-3 text-left" onClick={() => onChoose(node.id)}>
          <MachineChip colour={node.colour} mark={node.mark} presence={presenceOf(node)} size={20} />
          <span className="min-w-0 leading-[18px]">
            <span className="cut block font-strong">{node.name}</span>
            <span className="cut block text-12 text-ink-3">{gpuWords(node)}</span>
          </span>
        </button>
        <div className="mt-1 pl-8 text-12">
          <DoesNow node={node} />
          {presenceOf(node) === 'here' && <Load node={node} wide />}
        </div>
      </li>
    ))}
  </ul>
);
