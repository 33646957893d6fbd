import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useApi } from '../api/api.ts';
import { meQuery, nodesQuery, pendingApprovalsQuery, runsQuery } from '../api/queries.ts';
import { Icon } from '../ui/icon.tsx';
import { MachineChip } from '../ui/machine-chip.tsx';
import { StateGlyph } from '../ui/state-glyph.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import { useMachines } from './machines.ts';
import { type PageEntry, thisNodePage, workPages, youPage } from './pages.ts';
import { Pool, PoolStack } from './pool.tsx';
import { useWorkspace } from './workspace.ts';
import { WorkspaceSwitcher } from './workspace-switcher.tsx';

/** What stands at the right of an entry: "2 running", the number of nodes. */
function useCounts(): Partial<Record<PageEntry['to'], ReactNode>> {
  const api = useApi();
  const { id } = useWorkspace();
  const running =
    useInfiniteQuery(runsQuery(api, id, { state: 'running' })).data?.pages.flatMap((page) => page.items).length ?? 0;
  const nodes = useQuery(nodesQuery(api, id)).data?.length ?? 0;
  const asks = useQuery(pendingApprovalsQuery(api, id)).data?.length ?? 0;
  const asked = asks > 0 ? { '/w/$workspaceId/runs': <Asks count={asks} /> } : {};
  return {
    ...(running > 0 ? { '/w/$workspaceId/runs': `${running} running` } : {}),
    ...asked,
    ...(nodes > 0 ? { '/w/$workspaceId/nodes': nodes } : {}),
  };
}

/** What waits for people comes before what goes on by itself. */
const Asks = ({ count }: { count: number }) => (
  <span className="row gap-1 text-ink-2">
    <StateGlyph state="asks" size={12} />
    {count === 1 ? '1 asks' : `${count} ask`}
  </span>
);

/**
 * The machine that one sits at, in the app, or that the host runs on, for its administrator in a browser; null for anybody else.
 * Its colours are known once it is a node of this host.
 */
export function useThisMachine() {
  const api = useApi();
  const { data } = useQuery(meQuery(api));
  const machines = useMachines();
  if (api.host.desktop === null && data?.user.hostAdmin !== true) return null;
  const nodeId = data?.host.nodeId ?? null;
  return { machine: nodeId === null ? undefined : machines.get(nodeId) };
}

export function Sidebar() {
  const counts = useCounts();
  const mine = useThisMachine();
  return (
    <nav aria-label="Pages" className="flex min-h-0 flex-col gap-0.5 overflow-y-auto px-2.5 pt-2.5 pb-3">
      <WorkspaceSwitcher />
      {workPages.map((page) => (
        <SideLink key={page.to} page={page} end={counts[page.to]} />
      ))}
      <div className="min-h-3 flex-1" />
      <Pool />
      {mine !== null && (
        <SideLink
          page={thisNodePage}
          end={mine.machine && <MachineChip {...mine.machine} name={mine.machine.name} size={13} />}
        />
      )}
      <SideLink page={youPage} />
    </nav>
  );
}

const SideLink = ({ page, end }: { page: PageEntry; end?: ReactNode }) => (
  <Link to={page.to} from="/w/$workspaceId" className="side-link">
    <Icon of={page.icon} />
    <span>{page.label}</span>
    {end !== undefined && <span className="ml-auto row text-11 font-text text-ink-3">{end}</span>}
  </Link>
);

/** The same in 52 px, for the builder. */
export function Rail() {
  const mine = useThisMachine();
  return (
    <nav aria-label="Pages" className="flex min-h-0 flex-col items-center gap-1 overflow-y-auto pt-2 pb-3">
      <WorkspaceSwitcher small />
      {workPages.map((page) => (
        <RailLink key={page.to} page={page} />
      ))}
      <div className="min-h-3 flex-1" />
      <PoolStack />
      {mine !== null && <RailLink page={thisNodePage} />}
      <RailLink page={youPage} />
    </nav>
  );
}

const RailLink = ({ page }: { page: PageEntry }) => (
  <Tooltip content={page.label} side="right">
    <Link to={page.to} from="/w/$workspaceId" className="side-link" data-small="" aria-label={page.label}>
      <Icon of={page.icon} />
    </Link>
  </Tooltip>
);
