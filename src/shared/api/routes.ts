/** Every REST endpoint below `/api/v1`: written once, used by the server, the client, OpenAPI and the test of S1. */
import type { RouteContract } from './route.ts';
import { approvalsRoutes } from './routes/approvals.ts';
import { filesRoutes } from './routes/files.ts';
import { flowsRoutes } from './routes/flows.ts';
import { historyRoutes } from './routes/history.ts';
import { jobsRoutes } from './routes/jobs.ts';
import { joiningRoutes } from './routes/joining.ts';
import { keysRoutes } from './routes/keys.ts';
import { nodesRoutes } from './routes/nodes.ts';
import { peopleRoutes } from './routes/people.ts';
import { runsRoutes } from './routes/runs.ts';
import { thisNodeRoutes } from './routes/this-node.ts';
import { triggersRoutes } from './routes/triggers.ts';
import { usageRoutes } from './routes/usage.ts';
import { workspacesRoutes } from './routes/workspaces.ts';

export const routes = {
  ...peopleRoutes,
  ...workspacesRoutes,
  ...joiningRoutes,
  ...nodesRoutes,
  ...thisNodeRoutes,
  ...flowsRoutes,
  ...runsRoutes,
  ...approvalsRoutes,
  ...triggersRoutes,
  ...jobsRoutes,
  ...filesRoutes,
  ...keysRoutes,
  ...usageRoutes,
  ...historyRoutes,
} as const satisfies Record<string, RouteContract>;

export type Routes = typeof routes;
export type RouteName = keyof Routes;
