import { join } from 'node:path';
import { dataFolder } from '../../platform/config.ts';
import { makePrivateFolder } from '../../platform/data-folder.ts';
import { readHostFile, removeHostFile, writeHostFile } from '../../platform/host-file.ts';
import { type HostServices, type ServiceName, startHostServices } from '../../platform/host-services.ts';
import { rendererPath } from '../../platform/paths.ts';
import { usualPort } from '../../platform/ports.ts';
import { openServiceLog } from '../../platform/service-log.ts';
import { forkChild } from '../../platform/service-process.ts';
import { packageVersion } from '../../platform/version.ts';
import { systemClock } from '../../shared/clock.ts';
import { CommandError } from '../failure.ts';
import { hostingChoices, hostingLines, type ListenAddress } from '../hosting-choices.ts';
import { modelChoices } from '../model-choices.ts';
import { openBrowser } from '../open-browser.ts';
import { serviceNews } from '../service-news.ts';
import { untilAskedToStop } from '../until-stopped.ts';

export interface HostOptions {
  data?: string;
  /** Undefined: the usual one, or any free one where that is taken. */
  port?: number;
  worker: boolean;
  listen?: ListenAddress;
  name?: string[];
  tlsCert?: string;
  tlsKey?: string;
  trustProxy?: string;
  open?: boolean;
  modelServer?: string[];
  allowModelChanges?: boolean;
}

/** `otherthing host`: an orchestrator and, unless told otherwise, a worker; until a signal asks it to end. */
export async function hostCommand(options: HostOptions): Promise<void> {
  const dataDir = dataFolder(options.data);
  await makePrivateFolder(dataDir);
  await refuseSecond(dataDir);
  const asked = untilAskedToStop();
  const logs = await openLogs(dataDir);
  let started = false;
  const services = await startHostServices({
    dataDir,
    port: options.port ?? null,
    withWorker: options.worker,
    staticDir: rendererPath(),
    version: packageVersion(),
    fork: forkChild,
    onState: (name, state) => {
      // Why it cannot start at all is said at the end of this command; a taken port is news, for another one is tried.
      const ends = !started && name === 'orchestrator' && state.state === 'failed';
      if (ends && state.failure.code !== 'EADDRINUSE') return;
      const news = serviceNews(name, state, systemClock.now());
      if (news !== null) console.error(news);
    },
    onOutput: (name, text) => logs[name].write(text),
    models: modelChoices(options),
    ...hostingChoices(options),
  });
  started = true;
  await announce(dataDir, services, options);
  await asked;
  console.log('Stopping …');
  await services.stop();
  await removeHostFile(dataDir);
  await Promise.all(Object.values(logs).map((log) => log.close()));
}

async function refuseSecond(dataDir: string): Promise<void> {
  const running = await readHostFile(dataDir);
  if (running === null) return;
  throw new CommandError(
    `A host runs on ${dataDir} already: ${running.url}\n"otherthing link" prints a link; another host needs another --data.`,
  );
}

async function openLogs(dataDir: string) {
  const open = (name: ServiceName) => openServiceLog(join(dataDir, 'logs'), name);
  return { orchestrator: await open('orchestrator'), worker: await open('worker') };
}

/** Says how to get in. The link comes before the worker is ready: nobody has to wait for hardware detection. */
async function announce(dataDir: string, services: HostServices, options: HostOptions): Promise<void> {
  const { url, bearer, signInLink } = services;
  await writeHostFile(dataDir, {
    pid: process.pid,
    url,
    bearer,
    version: packageVersion(),
    startedAt: systemClock.now(),
  });
  if (options.port === undefined && new URL(url).port !== String(usualPort)) {
    console.log(`Port ${usualPort} is taken; this host has another.`);
  }
  console.log(`OtherThing ${packageVersion()} is running.\n`);
  console.log(`  Open   ${signInLink}`);
  console.log('         single use, 10 minutes; "otherthing link" prints another');
  for (const line of hostingLines(services.hosting)) console.log(line);
  console.log(`  Data   ${dataDir}`);
  services.node?.then(
    ({ shareKey }) => console.log(`This machine is a node, share key ${formatKey(shareKey)}.`),
    (error: Error) => console.error(`This machine is not a node: ${error.message}`),
  );
  console.log('  Stop   Ctrl-C\n');
  if (options.open === true && !(await openBrowser(signInLink)))
    console.log('No browser was found; open the link above.');
}

/** AB3X-7K9M: easier to read aloud. */
export function formatKey(shareKey: string): string {
  return `${shareKey.slice(0, 4)}-${shareKey.slice(4)}`;
}
