/** The worker's process: started by its parent (the command line or the desktop app), which sends where to connect. */
import { createLogger } from '../platform/log.ts';
import { runService } from '../platform/service.ts';
import { WorkerStartSchema } from '../shared/services.ts';
import { startNode } from './node.ts';

const log = createLogger({ name: 'worker' });

runService({
  startSchema: WorkerStartSchema,
  start: async (message) => {
    const node = await startNode(message, log);
    return { ready: node.ready, stop: () => node.stop() };
  },
});
