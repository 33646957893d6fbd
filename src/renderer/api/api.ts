import type { QueryClient } from '@tanstack/react-query';
import { createContext, use } from 'react';
import type { Clock } from '../../shared/clock.ts';
import { createFeed, type Feed } from './feed.ts';
import { type Host, socketUrl } from './host.ts';
import { createLive, type Live } from './live.ts';

/** Everything that reaches the host: calls, the live socket, and what joins the two. Made once, in main.tsx. */
export interface Api {
  host: Host;
  cache: QueryClient;
  live: Live;
  feed: Feed;
}

export function createApi(host: Host, cache: QueryClient, clock: Clock, random: () => number): Api {
  const live = createLive({ url: () => socketUrl(host, '/ws/live'), clock, random });
  return { host, cache, live, feed: createFeed(cache, live) };
}

const ApiContext = createContext<Api | null>(null);
export const ApiProvider = ApiContext.Provider;

export function useApi(): Api {
  const api = use(ApiContext);
  if (api === null) throw new Error('useApi needs an ApiProvider around it');
  return api;
}
