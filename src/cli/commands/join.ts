import { userInfo } from 'node:os';
import { join } from 'node:path';
import { dataFolder } from '../../platform/config.ts';
import { makePrivateFolder } from '../../platform/data-folder.ts';
import { startWorkerAlone } from '../../platform/host-services.ts';
import { openServiceLog } from '../../platform/service-log.ts';
import { forkChild } from '../../platform/service-process.ts';
import { pinnedFetch } from '../../platform/tls/pinned-fetch.ts';
import { packageVersion } from '../../platform/version.ts';
import { createClient } from '../../shared/api/client.ts';
import { systemClock } from '../../shared/clock.ts';
import { parseFingerprint } from '../../shared/fingerprint.ts';
import type { HostToJoin } from '../../shared/services.ts';
import { CommandError } from '../failure.ts';
import { besideFoundHost, listFoundHosts } from '../find-hosts.ts';
import { type JoinTarget, joinTarget } from '../join-address.ts';
import { modelChoices } from '../model-choices.ts';
import { serviceNews } from '../service-news.ts';
import { trustHost } from '../trust-host.ts';
import { untilAskedToStop } from '../until-stopped.ts';
import { formatKey } from './host.ts';

export interface JoinOptions {
  data?: string;
  /** The host to be a node of; it is added there by its share key. */
  host?: string;
  /** Looks for hosts on the local network. */
  find?: boolean;
  /** The certificate of the host, as it shows it itself. */
  fingerprint?: string;
  /** What the person is called who takes up an invite. */
  as?: string;
  /** What the node is called; the machine's name where nothing was ever said. */
  name?: string;
  modelServer?: string[];
  allowModelChanges?: boolean;
}

/** `otherthing join`: this machine becomes a node, until a signal asks it to end. */
export async function joinCommand(address: string | undefined, options: JoinOptions): Promise<void> {
  if (options.find === true && address === undefined) return listFoundHosts();
  const target = joinTarget(options.find === true ? await besideFoundHost(address ?? '') : address, options.host);
  const given = givenFingerprint(target, options.fingerprint);
  const dataDir = dataFolder(options.data);
  await makePrivateFolder(dataDir);
  const fingerprint = await trustHost({ url: target.url, given, dataDir });
  const host = await introduction(target, fingerprint, options);
  const asked = untilAskedToStop();
  const log = await openServiceLog(join(dataDir, 'logs'), 'worker');
  const worker = await startWorkerAlone(
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
    () => [host],
    options.name?.trim().slice(0, 120) || undefined,
  );
  const ready = await worker.ready();
  console.log(`This machine is the node ${ready.nodeId}.\n`);
  console.log(`  Host        ${host.url}`);
  console.log(`  Share key   ${formatKey(ready.shareKey)}`);
  if (fingerprint !== null) console.log(`  Certificate ${fingerprint}`);
  if (target.code !== undefined) console.log(`  Next time   otherthing join --host ${host.url}`);
  else if (host.joinKey === undefined) console.log('              an admin types it under Nodes → Add a node');
  console.log(`  Data        ${dataDir}`);
  console.log('\nCtrl-C stops it.\n');
  await asked;
  console.log('Stopping …');
  await worker.stop();
  await log.close();
}

/** Takes up an invite, where there is one, and answers what introduces this machine. */
async function introduction(target: JoinTarget, fingerprint: string | null, options: JoinOptions): Promise<HostToJoin> {
  const host = { url: target.url, ...(fingerprint === null ? {} : { fingerprint }) };
  if (target.code === undefined)
    return { ...host, ...(target.joinKey === undefined ? {} : { joinKey: target.joinKey }) };
  const client = createClient({
    baseUrl: target.url,
    ...(fingerprint === null ? {} : { fetch: pinnedFetch(fingerprint) }),
  });
  const name = (options.as ?? userInfo().username).trim().slice(0, 120) || 'New member';
  const joined = await client.call('acceptInvite', { body: { code: target.code, name, machine: true } });
  console.log(
    joined.state === 'in'
      ? `You are in the workspace "${joined.workspace.name}".`
      : `You asked to be in the workspace "${joined.workspace.name}"; somebody there has to let you in.`,
  );
  if (joined.signInLink !== null)
    console.log(`\n  Open        ${joined.signInLink}\n              single use, 10 minutes`);
  return { ...host, ...(joined.joinKey === null ? {} : { joinKey: joined.joinKey }) };
}

function givenFingerprint(target: JoinTarget, typed: string | undefined): string | null {
  if (typed === undefined) return target.fingerprint;
  const read = parseFingerprint(typed);
  if (read === null)
    throw new CommandError('A fingerprint is sha256: and 64 hexadecimal digits, as the host shows it.');
  if (target.fingerprint !== null && target.fingerprint !== read) {
    throw new CommandError('The fingerprint is not the one of the invite link.');
  }
  return read;
}
