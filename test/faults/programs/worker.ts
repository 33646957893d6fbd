/** The product's worker, which also takes `echo` jobs. Started in place of `dist/worker/main.js`. */
import { randomUUID } from 'node:crypto';
import { createLogger } from '../../../src/platform/log.ts';
import { runService } from '../../../src/platform/service.ts';
import { WorkerStartSchema } from '../../../src/shared/services.ts';
import { startNode } from '../../../src/worker/node.ts';
import { createEcho } from './echo.ts';

const log = createLogger({ name: 'worker' });

runService({
  startSchema: WorkerStartSchema,
  start: async (message, parent) => {
    const node = await startNode(message, log, parent, [createEcho(randomUUID)]);
    return { ready: node.ready, stop: () => node.stop() };
  },
});
