import type { RunState } from '../../shared/model/run.ts';

export interface RunFilter {
  state?: RunState;
  flowId?: string;
}

/** The names of everything that is kept in the query cache. What belongs to a workspace starts with it. */
export const keys = {
  me: ['me'] as const,
  workspaces: ['workspaces'] as const,
  samples: ['samples'] as const,
  thisNode: ['this-node'] as const,
  sessions: ['sessions'] as const,
  workspace: (id: string) => ['workspace', id] as const,
  flows: (workspaceId: string) => ['workspace', workspaceId, 'flows'] as const,
  providerKeys: (workspaceId: string) => ['workspace', workspaceId, 'provider keys'] as const,
  secrets: (workspaceId: string) => ['workspace', workspaceId, 'secrets'] as const,
  models: (workspaceId: string) => ['workspace', workspaceId, 'models'] as const,
  httpAccess: (workspaceId: string) => ['workspace', workspaceId, 'http access'] as const,
  usage: (workspaceId: string, query: object) => ['workspace', workspaceId, 'usage', query] as const,
  prices: (workspaceId: string) => ['workspace', workspaceId, 'prices'] as const,
  nodes: (workspaceId: string) => ['workspace', workspaceId, 'nodes'] as const,
  allRuns: (workspaceId: string) => ['workspace', workspaceId, 'runs'] as const,
  runs: (workspaceId: string, filter: RunFilter) => ['workspace', workspaceId, 'runs', filter] as const,
  retention: (workspaceId: string) => ['workspace', workspaceId, 'retention'] as const,
  audit: (workspaceId: string, group: string) => ['workspace', workspaceId, 'audit', group] as const,
  backups: ['backups'] as const,
  flow: (flowId: string) => ['flow', flowId] as const,
  run: (runId: string) => ['run', runId] as const,
  runSteps: (runId: string, under: string) => ['run', runId, 'under', under] as const,
  runStep: (runId: string, stepId: string, path: string) => ['run', runId, 'step', stepId, path] as const,
};
