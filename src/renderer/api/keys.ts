import type { RunState } from '../../shared/model/run.ts';

export interface RunFilter {
  state?: RunState;
  flowId?: string;
}

/** Some items of one Map: `items` of them from `first` on. */
export interface ItemWindow {
  under: string;
  /** The path of that Map itself, '' at the top. */
  mapPath: string;
  first: number;
  items: number;
}

export interface JobFilter {
  state: 'failed,dead' | 'failed' | 'dead' | 'queued,assigned,running';
  kind?: string;
}

/** The names of everything that is kept in the query cache. What belongs to a workspace starts with it. */
export const keys = {
  me: ['me'] as const,
  /** The hosts that this computer knows; of the app, not of a host. */
  hosts: ['hosts'] as const,
  workspaces: ['workspaces'] as const,
  samples: ['samples'] as const,
  thisNode: ['this-node'] as const,
  sessions: ['sessions'] as const,
  workspace: (id: string) => ['workspace', id] as const,
  flows: (workspaceId: string) => ['workspace', workspaceId, 'flows'] as const,
  members: (workspaceId: string) => ['workspace', workspaceId, 'members'] as const,
  invites: (workspaceId: string) => ['workspace', workspaceId, 'invites'] as const,
  hosting: ['hosting'] as const,
  providerKeys: (workspaceId: string) => ['workspace', workspaceId, 'provider keys'] as const,
  secrets: (workspaceId: string) => ['workspace', workspaceId, 'secrets'] as const,
  collections: (workspaceId: string) => ['workspace', workspaceId, 'collections'] as const,
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
  runName: (runId: string) => ['run name', runId] as const,
  runWindows: (runId: string) => ['run', runId, 'window'] as const,
  runWindow: (runId: string, window: ItemWindow) => ['run', runId, 'window', window] as const,
  runFailed: (runId: string, under: string) => ['run', runId, 'failed', under] as const,
  approvals: (workspaceId: string) => ['workspace', workspaceId, 'approvals'] as const,
  pendingApprovals: (workspaceId: string) => ['workspace', workspaceId, 'approvals', 'pending'] as const,
  decidedApprovals: (workspaceId: string) => ['workspace', workspaceId, 'approvals', 'decided'] as const,
  approval: (approvalId: string) => ['approval', approvalId] as const,
  allJobs: (workspaceId: string) => ['workspace', workspaceId, 'jobs'] as const,
  jobs: (workspaceId: string, filter: JobFilter) => ['workspace', workspaceId, 'jobs', filter] as const,
  explanation: (jobId: string) => ['job', jobId, 'explain'] as const,
  jobHistory: (jobId: string) => ['job', jobId, 'history'] as const,
  allTriggers: (workspaceId: string) => ['workspace', workspaceId, 'triggers'] as const,
  triggers: (workspaceId: string, flowId: string) => ['workspace', workspaceId, 'triggers', flowId] as const,
  nodeRecord: (nodeId: string) => ['node', nodeId, 'record'] as const,
  runStep: (runId: string, stepId: string, path: string) => ['run', runId, 'step', stepId, path] as const,
};
