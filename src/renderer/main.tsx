import './styles.css';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { systemClock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { ApiProvider, createApi } from './api/api.ts';
import { findHost } from './api/host.ts';
import { LazyDesktopLinks } from './app/desktop/lazy-desktop-links.tsx';
import { LazyHostDialogs } from './app/hosts/lazy-host-dialogs.tsx';
import { preloadPages } from './app/lazy-pages.ts';
import { createAppRouter } from './app/router.tsx';
import { startTheme } from './app/theme.ts';
import { Toasts } from './ui/toasts.tsx';
import { TooltipProvider } from './ui/tooltip.tsx';

/** A call is tried again only where another try can help: the host was away or busy. */
const worthRetrying = (tries: number, error: unknown) =>
  tries < 1 && !(error instanceof AppError && error.status < 500);

/** After the first page is there; Safari knows no idle callback. */
function whenIdle(run: () => void): void {
  setTimeout(() => ('requestIdleCallback' in window ? requestIdleCallback(run, { timeout: 5000 }) : run()), 1500);
}

async function start(root: HTMLElement): Promise<void> {
  startTheme(document.documentElement, matchMedia('(prefers-color-scheme: dark)'));
  const cache = new QueryClient({
    queryCache: new QueryCache({ onError: (error) => leaveIfSignedOut(error) }),
    defaultOptions: {
      queries: { retry: worthRetrying, refetchOnWindowFocus: false, networkMode: 'always' },
      mutations: { networkMode: 'always' },
    },
  });
  const api = createApi(await findHost(window), cache, systemClock, Math.random);
  const router = createAppRouter(api);

  const toSignIn = () => {
    if (router.state.location.pathname === '/sign-in') return;
    cache.clear();
    void router.navigate({ to: '/sign-in', search: { from: router.state.location.href } });
  };
  const leaveIfSignedOut = (error: unknown) => {
    if (error instanceof AppError && error.code === 'not_signed_in') toSignIn();
  };
  let wasLive = false;
  api.live.state.subscribe((state) => {
    if (state.kind === 'signed-out') toSignIn();
    if (state.kind === 'live' && !wasLive)
      void cache.refetchQueries({ predicate: (query) => query.state.status === 'error' });
    wasLive = state.kind === 'live';
  });

  whenIdle(preloadPages);
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={cache}>
        <ApiProvider value={api}>
          <TooltipProvider>
            <RouterProvider router={router} />
            <LazyHostDialogs />
            <LazyDesktopLinks router={router} />
            <Toasts />
          </TooltipProvider>
        </ApiProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}

const root = document.getElementById('root');
if (root !== null) void start(root);
