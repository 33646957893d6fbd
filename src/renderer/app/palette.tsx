import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { LayoutTemplate, Moon, Play, Server, SquarePlay, Sun, SunMoon, Workflow } from 'lucide-react';
import { useEffect } from 'react';
import { useApi } from '../api/api.ts';
import { errorWords } from '../api/error-words.ts';
import { flowsQuery, nodesQuery, runsQuery } from '../api/queries.ts';
import { CommandPalette, type PaletteEntry, type PaletteGroup } from '../ui/command-palette.tsx';
import { MachineChip } from '../ui/machine-chip.tsx';
import { toast } from '../ui/toasts.tsx';
import { openJoin } from './hosts/hosts-state.ts';
import { gpuWords, presenceOf, standingWords } from './node-facts.ts';
import { thisNodePage, workPages, youPage } from './pages.ts';
import { setPaletteOpen, usePalette } from './palette-state.ts';
import { runWords } from './run-words.ts';
import { useThisMachine } from './sidebar.tsx';
import { chooseTheme } from './theme.ts';
import { useMay, useWorkspace } from './workspace.ts';

/** Ctrl/Cmd-K: every page, flow, node and action. */
export function Palette() {
  const open = usePalette((state) => state.open);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      setPaletteOpen(!usePalette.getState().open);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return open ? <OpenPalette /> : null;
}

function OpenPalette() {
  const page = usePalette((state) => state.page);
  const groups: PaletteGroup[] = [
    ...(page === null ? [] : [page()]),
    { name: 'Pages', entries: usePageEntries() },
    { name: 'Flows', entries: useFlowEntries() },
    { name: 'Nodes', entries: useNodeEntries() },
    { name: 'Runs', entries: useRunEntries() },
    { name: 'Actions', entries: useActionEntries() },
  ];
  return <CommandPalette open onOpenChange={setPaletteOpen} groups={groups} />;
}

function usePageEntries(): PaletteEntry[] {
  const navigate = useNavigate();
  const { id: workspaceId } = useWorkspace();
  const pages = [...workPages, ...(useThisMachine() === null ? [] : [thisNodePage]), youPage];
  return pages.map((page) => ({
    id: page.to,
    label: page.label,
    icon: page.icon,
    run: () => void navigate({ to: page.to, params: { workspaceId } }),
  }));
}

function useFlowEntries(): PaletteEntry[] {
  const navigate = useNavigate();
  const { id: workspaceId } = useWorkspace();
  const flows = useQuery(flowsQuery(useApi(), workspaceId)).data ?? [];
  return flows.map((flow) => ({
    id: flow.id,
    label: flow.name,
    note: flow.lastRun === null ? 'never run' : runWords(flow.lastRun),
    icon: Workflow,
    run: () => void navigate({ to: '/w/$workspaceId/flows/$flowId', params: { workspaceId, flowId: flow.id } }),
  }));
}

function useNodeEntries(): PaletteEntry[] {
  const navigate = useNavigate();
  const { id: workspaceId } = useWorkspace();
  const nodes = useQuery(nodesQuery(useApi(), workspaceId)).data ?? [];
  return nodes.map((node) => ({
    id: node.id,
    label: node.name,
    note: `${gpuWords(node)}, ${standingWords(node).toLowerCase()}`,
    lead: <MachineChip colour={node.colour} mark={node.mark} presence={presenceOf(node)} />,
    run: () => void navigate({ to: '/w/$workspaceId/nodes', params: { workspaceId }, search: { node: node.id } }),
  }));
}

function useRunEntries(): PaletteEntry[] {
  const navigate = useNavigate();
  const { id: workspaceId } = useWorkspace();
  const runs = useInfiniteQuery(runsQuery(useApi(), workspaceId, {})).data?.pages[0]?.items ?? [];
  return runs.slice(0, 20).map((run) => ({
    id: run.id,
    label: `Run ${run.number}`,
    words: [run.flowName],
    note: `${run.flowName}, ${runWords(run).toLowerCase()}`,
    icon: SquarePlay,
    run: () => void navigate({ to: '/w/$workspaceId/runs/$runId', params: { workspaceId, runId: run.id } }),
  }));
}

function useActionEntries(): PaletteEntry[] {
  const { host, cache } = useApi();
  const api = useApi();
  const navigate = useNavigate();
  const { id: workspaceId } = useWorkspace();
  const mayRun = useMay('member');
  const flows = cache.getQueryData(flowsQuery(api, workspaceId).queryKey) ?? [];
  const start = (flowId: string) =>
    host.client
      .call('startRun', { params: { id: flowId }, body: {} })
      .then((run) => navigate({ to: '/w/$workspaceId/runs/$runId', params: { workspaceId, runId: run.id } }))
      .catch((error: unknown) => toast({ text: errorWords(error).what, sign: 'failed' }));
  const runs = mayRun
    ? flows.map((flow) => ({
        id: `run-${flow.id}`,
        label: `Run ${flow.name}`,
        icon: Play,
        run: () => void start(flow.id),
      }))
    : [];
  const templates = {
    id: 'templates',
    label: 'New flow from a template',
    icon: LayoutTemplate,
    run: () => void navigate({ to: '/w/$workspaceId/flows', params: { workspaceId }, search: { templates: true } }),
  };
  return [
    ...runs,
    ...(mayRun ? [templates] : []),
    ...(host.desktop === null ? [] : [{ id: 'join-host', label: 'Join a host', icon: Server, run: () => openJoin() }]),
    { id: 'theme-light', label: 'Light theme', icon: Sun, run: () => chooseTheme('light') },
    { id: 'theme-dark', label: 'Dark theme', icon: Moon, run: () => chooseTheme('dark') },
    { id: 'theme-system', label: 'Theme of the system', icon: SunMoon, run: () => chooseTheme('system') },
  ];
}
