/** The worker's process: started by its parent (the command line or the desktop app), which sends where to connect. */
import { createLogger } from '../platform/log.ts';
import { runService } from '../platform/service.ts';
import { WorkerStartSchema } from '../shared/services.ts';
import { startNode } from './node.ts';

const log = createLogger({ name: 'worker' });

runService({
  startSchema: WorkerStartSchema,
  start: async (message, parent) => {
    const node = await startNode(message, log, parent);
    // The way out is that of any other end; the supervisor starts anew what ended without its asking.
    void node.restart.then(() => process.emit('SIGTERM', 'SIGTERM'));
    return { ready: node.ready, stop: () => node.stop() };
  },
});
