/** The worker's process: started by its parent (the command line or the desktop app), which sends where to connect. */
import { Value } from 'typebox/value';
import { createLogger } from '../platform/log.ts';
import { runService } from '../platform/service.ts';
import { NodeOrderSchema, PowerNewsSchema, WorkerHostsSchema, WorkerStartSchema } from '../shared/services.ts';
import { startNode } from './node.ts';

const log = createLogger({ name: 'worker' });

runService({
  startSchema: WorkerStartSchema,
  start: async (message, tellParent) => {
    const node = await startNode(message, log, [], tellParent);
    // The way out is that of any other end; the supervisor starts anew what ended without its asking.
    void node.restart.then(() => process.emit('SIGTERM', 'SIGTERM'));
    return {
      ready: node.ready,
      stop: () => node.stop(),
      onMessage: (said) => {
        if (Value.Check(WorkerHostsSchema, said)) node.serve(said.hosts);
        else if (Value.Check(NodeOrderSchema, said)) node.order(said.order);
        else if (Value.Check(PowerNewsSchema, said)) node.power(said);
      },
    };
  },
});
