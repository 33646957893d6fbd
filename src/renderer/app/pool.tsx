import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Node } from '../../shared/model/node.ts';
import { useApi } from '../api/api.ts';
import { nodesQuery } from '../api/queries.ts';
import { MachineChip, machineColour } from '../ui/machine-chip.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import { factsOf, standingWords } from './node-facts.ts';
import { useWorkspace } from './workspace.ts';

/** More machines than this do not fit side by side; the rest are counted. */
const most = 10;

const workingOf = (nodes: readonly Node[]) => nodes.filter((node) => node.currentJobs > 0).length;
const serving = (nodes: readonly Node[], workspaceId: string) =>
  nodes.filter((node) => node.workspaces.some((one) => one.id === workspaceId && one.state === 'serves'));

function useServing(): readonly Node[] {
  const { id } = useWorkspace();
  const { data } = useQuery(nodesQuery(useApi(), id));
  return serving(data ?? [], id);
}

const nodeLink = { to: '/w/$workspaceId/nodes', from: '/w/$workspaceId' } as const;

/** Every machine of the workspace, always in sight: how much of what it shares is in use. */
export function Pool() {
  const nodes = useServing();
  const shown = nodes.slice(0, most);
  const working = workingOf(nodes);
  if (nodes.length === 0) return null;
  return (
    <section aria-label="The pool" className="mb-2 rounded-step border border-line px-2.5 pt-2.5 pb-2.25">
      <div className="row">
        <span className="text-12 font-medium">The pool</span>
        <span className="ml-auto text-11 text-ink-3">{working === 0 ? 'idle' : `${working} working`}</span>
      </div>
      <div className="mt-2 flex gap-1">
        {shown.map((node) => (
          <PoolBar key={node.id} node={node} />
        ))}
      </div>
      {nodes.length > shown.length && <p className="mt-1 text-11 text-ink-3">and {nodes.length - shown.length} more</p>}
    </section>
  );
}

function PoolBar({ node }: { node: Node }) {
  const { presence, load } = factsOf(node);
  const tall = presence === 'here' && node.currentJobs > 0 ? Math.max(0.06, load) : 0;
  return (
    <Tooltip content={`${node.name}: ${standingWords(node).toLowerCase()}`}>
      <Link
        {...nodeLink}
        search={{ node: node.id }}
        className="flex max-w-9 min-w-0 flex-1 flex-col items-center gap-1.25 rounded-2"
        aria-label={`${node.name}, ${standingWords(node)}`}
      >
        <span
          className={`relative h-8.5 w-full overflow-hidden rounded-2 ${presence === 'here' ? 'bg-track' : 'pool-away'}`}
          style={machineColour(node.colour)}
        >
          <i
            className="absolute inset-x-0 bottom-0 bg-machine transition-[height] duration-150"
            style={{ height: `${tall * 100}%` }}
          />
        </span>
        <MachineChip colour={node.colour} mark={node.mark} presence={presence} size={13} />
      </Link>
    </Tooltip>
  );
}

/** The same, stacked in the rail. */
export function PoolStack() {
  const nodes = useServing().slice(0, most);
  if (nodes.length === 0) return null;
  return (
    <section aria-label="The pool" className="mb-1 flex flex-col gap-2 rounded-step border border-line p-1.75">
      {nodes.map((node) => (
        <Tooltip key={node.id} content={`${node.name}: ${standingWords(node).toLowerCase()}`} side="right">
          <Link
            {...nodeLink}
            search={{ node: node.id }}
            className="block rounded-machine leading-none"
            aria-label={`${node.name}, ${standingWords(node)}`}
          >
            <MachineChip colour={node.colour} mark={node.mark} presence={factsOf(node).presence} />
          </Link>
        </Tooltip>
      ))}
    </section>
  );
}
