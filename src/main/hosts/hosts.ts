import { hostname } from 'node:os';
import { createHostLooker } from '../../platform/local-network/host-looker.ts';
import type { Logger } from '../../platform/log.ts';
import { openRemoteHosts, type RemoteHostsService } from '../../platform/remote-hosts/remote-hosts.ts';
import type { SecretBox } from '../../platform/secret-box.ts';
import { systemClock } from '../../shared/clock.ts';
import { createIdSource } from '../../shared/ids.ts';
import type { DesktopHost } from '../../shared/ipc.ts';
import { thisComputer } from '../../shared/model/remote-host.ts';
import type { HostToJoin } from '../../shared/services.ts';
import type { Handlers } from '../ipc.ts';
import { ownOrigin } from '../own-page.ts';

type HostCalls =
  | 'host'
  | 'hosts'
  | 'findHosts'
  | 'lookAtHost'
  | 'confirmHost'
  | 'joinHost'
  | 'chooseHost'
  | 'removeHost'
  | 'trustHostAnew'
  | 'contribute'
  | 'stopContributing';

export interface DesktopHosts {
  readonly remote: RemoteHostsService;
  /** Origin that the window may talk to: the embedded host's, or the relay of the chosen one. */
  originOf(embedded: EmbeddedHost): Promise<string>;
  handlers(embedded: EmbeddedHost): Pick<Handlers, HostCalls>;
  stop(): Promise<void>;
}

type EmbeddedHost = Pick<DesktopHost, 'bearer'> & { url: string };

/** The hosts that the window can show: the one embedded in this app, and those on other machines. */
export async function openDesktopHosts(options: {
  dataDir: string;
  box: SecretBox;
  log: Logger;
  onServed(hosts: HostToJoin[]): void;
}): Promise<DesktopHosts> {
  const { log } = options;
  const remote = await openRemoteHosts({
    ...options,
    clock: systemClock,
    ids: createIdSource(systemClock, Math.random),
    computer: hostname(),
    pageOrigin: ownOrigin,
  });
  if (remote.notice !== null) log.warn(remote.notice);
  const looker = createHostLooker((error) => log.warn({ err: error }, 'trouble on the local network'));

  const ofWindow = async (embedded: EmbeddedHost): Promise<DesktopHost> => {
    const relay = await remote.chosen();
    const { chosen } = remote.list();
    return relay === null
      ? { hostUrl: embedded.url, bearer: embedded.bearer, choice: thisComputer }
      : { hostUrl: relay.url, bearer: relay.bearer, choice: chosen };
  };

  return {
    remote,
    originOf: async (embedded) => (await ofWindow(embedded)).hostUrl,
    handlers: (embedded) => ({
      host: () => ofWindow(embedded),
      hosts: () => remote.list(),
      findHosts: () => looker.look(),
      lookAtHost: (typed) => remote.look(typed),
      confirmHost: (lookId) => remote.confirm(lookId),
      joinHost: (confirmed) => remote.join(confirmed),
      chooseHost: (choice) => remote.choose(choice),
      removeHost: (id) => remote.remove(id),
      trustHostAnew: (id, fingerprint) => remote.trustAnew(id, fingerprint),
      contribute: (id, workspaceId) => remote.contribute(id, workspaceId),
      stopContributing: (id) => remote.stopContributing(id),
    }),
    async stop() {
      await Promise.all([looker.stop(), remote.stop()]);
    },
  };
}
