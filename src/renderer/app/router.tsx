import { createRootRouteWithContext, createRoute, createRouter, Outlet, redirect } from '@tanstack/react-router';
import { AppError } from '../../shared/errors.ts';
import { runStates } from '../../shared/model/run.ts';
import type { Api } from '../api/api.ts';
import type { RunFilter } from '../api/keys.ts';
import { meQuery, runsQuery, workspacesQuery } from '../api/queries.ts';
import { Broken, BrokenAlone } from './broken.tsx';
import { lazyPage } from './lazy-page.tsx';
import { builderPage, lazyPages } from './lazy-pages.ts';
import { NotFound } from './not-found.tsx';
import { readStored } from './stored.ts';
import { WorkspaceFrame } from './workspace-frame.tsx';

const rootRoute = createRootRouteWithContext<{ api: Api }>()({ component: Outlet, notFoundComponent: NotFound });

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search): { from?: string } =>
    typeof search['from'] === 'string' && /^\/(?!\/)/.test(search['from']) ? { from: search['from'] } : {},
  component: lazyPages.signIn,
});

/** Everything below needs a session. */
const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'signed-in',
  component: Outlet,
  errorComponent: BrokenAlone,
  beforeLoad: async ({ context: { api }, location }) => {
    try {
      await Promise.all([api.cache.ensureQueryData(meQuery(api)), api.cache.prefetchQuery(workspacesQuery(api))]);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'not_signed_in') throw error;
      throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { from: location.href } });
    }
  },
});

/** Leads to the workspace that was open last; to the three doors while nothing has ever run here. */
const homeRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/',
  errorComponent: BrokenAlone,
  beforeLoad: async ({ context: { api } }) => {
    const workspaces = await api.cache.ensureQueryData(workspacesQuery(api));
    const last = readStored('workspace');
    const chosen = workspaces.find((one) => one.id === last) ?? workspaces[0];
    if (chosen === undefined || (readStored('started') === null && (await isFresh(api, chosen.id))))
      throw redirect({ to: '/start' });
    throw redirect({ to: '/w/$workspaceId/flows', params: { workspaceId: chosen.id } });
  },
});

async function isFresh(api: Api, workspaceId: string): Promise<boolean> {
  const { user } = await api.cache.ensureQueryData(meQuery(api));
  if (!user.hostAdmin) return false;
  const runs = await api.cache.ensureInfiniteQueryData(runsQuery(api, workspaceId, {}));
  return runs.pages.every((page) => page.items.length === 0);
}

const startRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/start',
  component: lazyPages.start,
});

const workspaceRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/w/$workspaceId',
  component: WorkspaceFrame,
});

export interface FlowsSearch {
  /** The gallery of templates is open. */
  templates?: true;
}

const flowsRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/flows',
  validateSearch: (search): FlowsSearch => (search['templates'] === true ? { templates: true } : {}),
  component: lazyPages.flows,
});

const flowRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/flows/$flowId',
  staticData: { frame: 'rail' },
  component: builderPage,
});

const runsRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/runs',
  validateSearch: (search): RunFilter => {
    const state = runStates.find((one) => one === search['state']);
    const flowId = search['flowId'];
    return { ...(state === undefined ? {} : { state }), ...(typeof flowId === 'string' ? { flowId } : {}) };
  },
  component: lazyPages.runs,
});

export interface RunSearch {
  /** The chosen step instance: its step and the path of its item. */
  step?: string;
  path?: string;
  /** The run that the chosen step is compared with; '' while it is being chosen. */
  beside?: string;
}

const runRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/runs/$runId',
  staticData: { alone: true },
  validateSearch: (search): RunSearch => ({
    ...(typeof search['step'] === 'string' ? { step: search['step'] } : {}),
    ...(typeof search['path'] === 'string' ? { path: search['path'] } : {}),
    ...(typeof search['beside'] === 'string' ? { beside: search['beside'] } : {}),
  }),
  component: lazyPages.run,
});

const jobsRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/runs/jobs',
  validateSearch: (search): { show?: 'open'; job?: string } => ({
    ...(search['show'] === 'open' ? { show: 'open' } : {}),
    ...(typeof search['job'] === 'string' ? { job: search['job'] } : {}),
  }),
  component: lazyPages.jobs,
});

const approvalsRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/runs/approvals',
  validateSearch: (search): { approval?: string } =>
    typeof search['approval'] === 'string' ? { approval: search['approval'] } : {},
  component: lazyPages.approvals,
});

/** A short address, for links in messages. */
const toApprovalsRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/approvals',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/w/$workspaceId/runs/approvals', params });
  },
});

const nodesRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/nodes',
  validateSearch: (search): { node?: string; add?: boolean } => ({
    ...(typeof search['node'] === 'string' ? { node: search['node'] } : {}),
    ...(search['add'] === true ? { add: true } : {}),
  }),
  component: lazyPages.nodes,
});

const modelsRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/models',
  component: lazyPages.models,
});

const keysRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/keys',
  component: lazyPages.keys,
});

const membersRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/members',
  component: lazyPages.members,
});
const usageRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/usage',
  component: lazyPages.usage,
});

const settingsRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/settings',
  component: lazyPages.settings,
});

const thisNodeRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/this-node',
  component: lazyPages.thisNode,
});

const youRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/you',
  component: lazyPages.you,
});

/** The kit with all its states; it is in development builds only. */
const kitRoutes = import.meta.env.DEV
  ? [
      createRoute({
        getParentRoute: () => rootRoute,
        path: '/ui',
        component: lazyPage(() => import('../features/kit/kit-page.tsx'), 'KitPage'),
      }),
    ]
  : [];

const workspacePages = workspaceRoute.addChildren([
  flowsRoute,
  flowRoute,
  runsRoute,
  jobsRoute,
  approvalsRoute,
  toApprovalsRoute,
  runRoute,
  nodesRoute,
  modelsRoute,
  keysRoute,
  membersRoute,
  usageRoute,
  settingsRoute,
  thisNodeRoute,
  youRoute,
]);
const signedInPages = signedInRoute.addChildren([homeRoute, startRoute, workspacePages]);
const routeTree = rootRoute.addChildren([signInRoute, signedInPages, ...kitRoutes]);

export const createAppRouter = (api: Api) =>
  createRouter({
    routeTree,
    context: { api },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: Broken,
    scrollRestoration: true,
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
  interface StaticDataRouteOption {
    /** The builder uses the rail, every other page the sidebar. */
    frame?: 'rail';
    /** On a narrow screen it stands alone, with a header of its own and no tabs. */
    alone?: boolean;
  }
}
