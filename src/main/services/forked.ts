import type { ForkService, ServiceProcess } from '../../platform/service-process.ts';

/** The processes that main started and that live. */
export interface Forked {
  readonly fork: ForkService;
  /** Asks all of them to end, for a start that was broken off; resolves when they are gone. */
  end(): Promise<void>;
  kill(): void;
}

/** Remembers what `fork` starts, for as long as it lives. */
export function rememberForked(fork: ForkService): Forked {
  const living = new Map<ServiceProcess, Promise<void>>();
  const signal = (name: 'SIGTERM' | 'SIGKILL') => {
    for (const service of living.keys()) service.kill(name);
  };
  return {
    fork(entry) {
      const service = fork(entry);
      const gone = new Promise<void>((resolve) => service.onExit(() => resolve()));
      living.set(
        service,
        gone.then(() => void living.delete(service)),
      );
      return service;
    },
    async end() {
      signal('SIGTERM');
      await Promise.all(living.values());
    },
    kill: () => signal('SIGKILL'),
  };
}
