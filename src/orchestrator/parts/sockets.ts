import type { WebSocket } from 'ws';
import { allows } from '../../shared/model/user.ts';
import { liveCloseCodes, type TopicKind } from '../../shared/protocol/live.ts';
import type { Core, CoreDeps } from '../core.ts';
import type { SocketGateways } from '../http/sockets.ts';
import type { Directory } from '../workspaces/directory.ts';
import type { OpenSockets } from '../workspaces/open-sockets.ts';

/** What a person may follow and submit over the live socket: the same as over REST (S1). */
export function liveRights(directory: Directory): Pick<CoreDeps, 'authorize' | 'maySubmit'> {
  return {
    authorize(userId, topic) {
      const [kind = '', ...id] = topic.split(':');
      return directory.access(userId, kind as TopicKind, id.join(':'));
    },
    async maySubmit(userId, workspaceId) {
      const found = await directory.access(userId, 'workspace', workspaceId);
      return found !== null && allows(found.role, 'member');
    },
  };
}

/** What serves each kind of socket; those of people end with their rights (S15). */
export function socketGateways(
  core: Core,
  sockets: OpenSockets,
  acceptFlow: (socket: WebSocket, flowId: string) => void,
): SocketGateways {
  return {
    node: (socket, address) => core.nodeGateway.accept(socket, address),
    live(socket, { user, credentialId }) {
      const connection = core.liveGateway.accept(socket, user.id);
      const close = (reason: string) => connection.close(liveCloseCodes.signedOut, reason);
      socket.on('close', sockets.add({ userId: user.id, credentialId, workspaceId: null, close }));
    },
    flow: acceptFlow,
  };
}
