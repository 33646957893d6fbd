/** `otherthing join --host` without its terminal: a supervised worker, under other timings. */
import { startWorkerAlone } from '../../../src/platform/host-services.ts';
import type { RestartLimits } from '../../../src/platform/restart-policy.ts';
import type { NodeTimings } from '../../../src/shared/protocol/node.ts';
import type { WorkerReady } from '../../../src/shared/services.ts';
import { forkWithEcho, keepIn } from './fork.ts';

export interface JoinProgramStart {
  dataDir: string;
  logs: string;
  name: string;
  /** Origin of the host, as this node reaches it. */
  url: string;
  nodeTimings?: Partial<NodeTimings>;
  restart?: RestartLimits;
}

export type JoinProgramReady = Pick<WorkerReady, 'nodeId' | 'shareKey'>;

process.once('message', async ({ dataDir, logs, name, url, ...timings }: JoinProgramStart) => {
  const keep = keepIn(logs);
  const worker = await startWorkerAlone(
    {
      dataDir,
      version: '0.0.0-faults',
      fork: forkWithEcho,
      onState: (_service, state) => keep(name, `${Date.now()} -- ${JSON.stringify(state)}\n`),
      onOutput: (_service, text) => keep(name, text),
      ...timings,
    },
    () => [{ url }],
    name,
  );
  const { nodeId, shareKey } = await worker.ready();
  process.send?.({ nodeId, shareKey } satisfies JoinProgramReady);
  const end = () => void worker.stop().finally(() => process.exit(0));
  process.once('message', end);
  process.once('disconnect', end);
});
