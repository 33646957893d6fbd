/** `otherthing host` without its terminal: the same supervised orchestrator and worker, under other timings. */
import { startHostServices } from '../../../src/platform/host-services.ts';
import type { RestartLimits } from '../../../src/platform/restart-policy.ts';
import type { NodeTimings } from '../../../src/shared/protocol/node.ts';
import { forkWithEcho, keepIn } from './fork.ts';

export interface HostProgramStart {
  dataDir: string;
  logs: string;
  port: number;
  nodeTimings?: Partial<NodeTimings>;
  restart?: RestartLimits;
}

export interface HostProgramReady {
  url: string;
  bearer: string;
}

process.once('message', async ({ dataDir, logs, port, ...timings }: HostProgramStart) => {
  const keep = keepIn(logs);
  const { url, bearer, stop } = await startHostServices({
    dataDir,
    port,
    withWorker: true,
    staticDir: null,
    version: '0.0.0-faults',
    fork: forkWithEcho,
    onState: (name, state) => keep(name, `${Date.now()} -- ${JSON.stringify(state)}\n`),
    onOutput: keep,
    ...timings,
  });
  process.send?.({ url, bearer } satisfies HostProgramReady);
  const end = () => void stop().finally(() => process.exit(0));
  process.once('message', end);
  process.once('disconnect', end);
});
