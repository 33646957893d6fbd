import { join } from 'node:path';
import { dataFolder } from '../../platform/config.ts';
import { makePrivateFolder } from '../../platform/data-folder.ts';
import { startWorker } from '../../platform/host-services.ts';
import { openServiceLog } from '../../platform/service-log.ts';
import { forkChild } from '../../platform/service-process.ts';
import { packageVersion } from '../../platform/version.ts';
import { systemClock } from '../../shared/clock.ts';
import type { HostToJoin } from '../../shared/services.ts';
import { CommandError } from '../failure.ts';
import { hostUrl, parseJoinAddress } from '../join-address.ts';
import { modelChoices } from '../model-choices.ts';
import { serviceNews } from '../service-news.ts';
import { untilAskedToStop } from '../until-stopped.ts';
import { formatKey } from './host.ts';

export interface JoinOptions {
  data?: string;
  /** The host to be a node of; it is added there by its share key. */
  host?: string;
  /** What the node is called; the machine's name where nothing was ever said. */
  name?: string;
  modelServer?: string[];
  allowModelChanges?: boolean;
}

/** `otherthing join`: this machine becomes a node, until a signal asks it to end. */
export async function joinCommand(address: string | undefined, options: JoinOptions): Promise<void> {
  const host = hostToJoin(address, options.host);
  const dataDir = dataFolder(options.data);
  await makePrivateFolder(dataDir);
  const asked = untilAskedToStop();
  const log = await openServiceLog(join(dataDir, 'logs'), 'worker');
  const worker = startWorker(
    {
      dataDir,
      version: packageVersion(),
      fork: forkChild,
      onState: (name, state) => {
        const news = serviceNews(name, state, systemClock.now());
        if (news !== null) console.error(news);
      },
      onOutput: (_name, text) => log.write(text),
      models: modelChoices(options),
    },
    [host],
    options.name?.trim().slice(0, 120) || undefined,
  );
  const ready = await worker.ready();
  console.log(`This machine is the node ${ready.nodeId}.\n`);
  console.log(`  Host        ${host.url}`);
  console.log(`  Share key   ${formatKey(ready.shareKey)}`);
  if (host.joinKey === undefined) console.log('              an admin types it under Nodes → Add a node');
  console.log(`  Data        ${dataDir}`);
  console.log('\nCtrl-C stops it.\n');
  await asked;
  console.log('Stopping …');
  await worker.stop();
  await log.close();
}

function hostToJoin(address: string | undefined, host: string | undefined): HostToJoin {
  if (address !== undefined && host === undefined) return parseJoinAddress(address);
  if (host !== undefined && address === undefined) return { url: hostUrl(host) };
  throw new CommandError('Say either KEY@host[:port], or --host URL to be added there by share key.');
}
