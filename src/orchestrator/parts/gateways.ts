import type { WebSocket } from 'ws';
import type { Clock } from '../../shared/clock.ts';
import { allows } from '../../shared/model/user.ts';
import { liveCloseCodes, type TopicKind } from '../../shared/protocol/live.ts';
import type { SocketGateways } from '../http/sockets.ts';
import type { EngineLog } from '../jobs/engine.ts';
import type { EventHub } from '../live/hub.ts';
import { createLiveGateway } from '../live/live-gateway.ts';
import { createNodeGateway } from '../live/node-gateway.ts';
import type { JobService } from '../services.ts';
import type { Timers } from '../timers.ts';
import type { Dispatch } from './dispatch.ts';
import type { People } from './people.ts';

/** What serves each kind of socket. */
export function createGateways(deps: {
  dispatch: Dispatch;
  people: People;
  hub: EventHub;
  jobs: JobService;
  acceptFlow(socket: WebSocket, flowId: string): void;
  host: { hostId: string; version: string; epoch: string };
  clock: Clock;
  timers: Timers;
  log: EngineLog;
}): SocketGateways & { stop(): void } {
  const { directory, sockets } = deps.people;
  const nodes = createNodeGateway({ ...deps, ...deps.dispatch });
  const live = createLiveGateway({
    ...deps,
    authorize: async (userId, topic) => {
      const [kind = '', ...id] = topic.split(':');
      return directory.access(userId, kind as TopicKind, id.join(':'));
    },
    maySubmit: async (userId, workspaceId) => {
      const found = await directory.access(userId, 'workspace', workspaceId);
      return found !== null && allows(found.role, 'member');
    },
  });
  return {
    node: (socket, address) => nodes.accept(socket, address),
    live(socket, { user, credentialId }) {
      const connection = live.accept(socket, user.id);
      const forget = sockets.add({
        userId: user.id,
        credentialId,
        workspaceId: null,
        close: (reason) => connection.close(liveCloseCodes.signedOut, reason),
      });
      socket.on('close', forget);
    },
    flow: (socket, flowId) => deps.acceptFlow(socket, flowId),
    stop() {
      nodes.stop();
      live.stop();
    },
  };
}
