/** The orchestrator as a process: forked by the command line or by the desktop app, told what to do by its first message. */
import { userInfo } from 'node:os';
import { makePrivateFolder } from '../platform/data-folder.ts';
import { createLogger } from '../platform/log.ts';
import { runService } from '../platform/service.ts';
import { systemClock } from '../shared/clock.ts';
import { OrchestratorStartSchema } from '../shared/services.ts';
import { createOrchestrator } from './app.ts';
import { layoutOf } from './config.ts';
import { createThisNodeRelay } from './nodes/this-node-relay.ts';
import { createSqliteStore } from './store/sqlite.ts';

const log = createLogger({ name: 'orchestrator' });

runService({
  startSchema: OrchestratorStartSchema,
  lock: ({ dataDir }) => layoutOf(dataDir).lock,
  start: async ({ type: _, ...config }, parent) => {
    await makePrivateFolder(config.dataDir);
    const thisNode = createThisNodeRelay(parent.tell);
    parent.listen(thisNode.onMessage);
    const started = { ...config, askThisNode: thisNode.ask };
    const { url, signInLink, hosting, stop } = await createOrchestrator(started, {
      openStore: (folder) => createSqliteStore({ folder, clock: systemClock, log }),
      log,
      ownerName: userInfo().username,
    });
    log.info({ url }, 'The orchestrator is ready');
    return {
      ready: { type: 'ready' as const, url, signInLink, hosting },
      stop: async (reason) => {
        log.info({ reason }, 'The orchestrator stops');
        await stop();
      },
    };
  },
});
