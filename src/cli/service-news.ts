import type { ServiceName } from '../platform/host-services.ts';
import type { ServiceState } from '../platform/supervise.ts';

/** What a person is told when a service changes its state; null for what needs no words. */
export function serviceNews(name: ServiceName, state: ServiceState<unknown>, now: number): string | null {
  switch (state.state) {
    case 'waiting':
      return `The ${name} stopped: ${state.reason}. Starting it again in ${seconds(state.until - now)}.`;
    case 'failed':
      return `The ${name} cannot start: ${state.failure.message}`;
    case 'starting':
    case 'ready':
    case 'stopping':
    case 'stopped':
      return null;
  }
}

const seconds = (ms: number) => `${Math.max(0.1, ms / 1000).toFixed(1)} s`;
