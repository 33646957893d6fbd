import { lazyPage } from './lazy-page.tsx';

/** The pages, each with its own piece of code. */
export const lazyPages = {
  signIn: lazyPage(() => import('../features/sign-in/sign-in-page.tsx'), 'SignInPage'),
  start: lazyPage(() => import('../features/start/start-page.tsx'), 'StartPage'),
  flows: lazyPage(() => import('../features/flows/flows-page.tsx'), 'FlowsPage'),
  runs: lazyPage(() => import('../features/runs/runs-page.tsx'), 'RunsPage'),
  run: lazyPage(() => import('../features/runs/run-page.tsx'), 'RunPage'),
  jobs: lazyPage(() => import('../features/runs/jobs-page.tsx'), 'JobsPage'),
  approvals: lazyPage(() => import('../features/approvals/approvals-page.tsx'), 'ApprovalsPage'),
  nodes: lazyPage(() => import('../features/nodes/nodes-page.tsx'), 'NodesPage'),
  models: lazyPage(() => import('../features/models/models-page.tsx'), 'ModelsPage'),
  keys: lazyPage(() => import('../features/keys/keys-page.tsx'), 'KeysPage'),
  members: lazyPage(() => import('../features/members/members-page.tsx'), 'MembersPage'),
  usage: lazyPage(() => import('../features/usage/usage-page.tsx'), 'UsagePage'),
  settings: lazyPage(() => import('../features/settings/settings-page.tsx'), 'SettingsPage'),
  thisNode: lazyPage(() => import('../features/this-node/this-node-page.tsx'), 'ThisNodePage'),
  you: lazyPage(() => import('../features/you/you-page.tsx'), 'YouPage'),
};

/** Large; loaded when a flow is opened. */
export const builderPage = lazyPage(() => import('../features/builder/builder-page.tsx'), 'BuilderPage');

/** Fetches the small pages while nothing else happens, so that they open at once, also while the host is away. */
export function preloadPages(): void {
  for (const page of Object.values(lazyPages)) page.preload().catch(() => undefined);
}
