import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { app, dialog, powerMonitor, protocol, safeStorage, session } from 'electron';
import { dataFolder, runningAppImage } from '../platform/config.ts';
import { makePrivateFolder } from '../platform/data-folder.ts';
import { readHostFile, removeHostFile, writeHostFile } from '../platform/host-file.ts';
import { type HostServices, type ServiceName, startHostServices } from '../platform/host-services.ts';
import { createLogger } from '../platform/log.ts';
import { rendererPath } from '../platform/paths.ts';
import type { RemoteHostsService } from '../platform/remote-hosts/remote-hosts.ts';
import { openServiceLog } from '../platform/service-log.ts';
import type { ServiceState } from '../platform/supervise.ts';
import { packageVersion } from '../platform/version.ts';
import { systemClock } from '../shared/clock.ts';
import { serveInterface } from './app-protocol.ts';
import { type Desktop, openDesktop } from './desktop.ts';
import { openDesktopHosts } from './hosts/hosts.ts';
import { answerCalls } from './ipc.ts';
import { lendHelpers } from './lent-helpers.ts';
import { stopBeforeQuit } from './lifecycle.ts';
import { ownScheme } from './own-page.ts';
import { watchPower } from './power/power.ts';
import { secretBox } from './secrets/keychain-box.ts';
import { masterKeyOrWayOut } from './secrets/way-out.ts';
import { rememberForked } from './services/forked.ts';
import { openDesktopUpdates } from './updates/desktop-updates.ts';
import { forkUtility, forkUtilityHelper } from './utility-process.ts';
import { restrictPermissions } from './window.ts';

/**
 * The desktop app: one window, and the same two services that `otherthing host` runs.
 *
 *   start:  single instance → keychain, choices → services → app:// → window
 *   stop:   will-quit → hosts → worker → orchestrator → quit, within ten seconds (lifecycle.ts)
 */
const log = createLogger({ name: 'main' });
const dataDir = dataFolder();
/** Milliseconds to SIGTERM, and to SIGKILL, for each of the two services: both fit into the app's ten seconds. */
const stopDeadline = 2_000;
const forked = rememberForked(lendHelpers(forkUtility, forkUtilityHelper));

app.setPath('userData', dataDir);
// The window's own cache and storage, apart from the host's data.
app.setPath('sessionData', join(dataDir, 'window'));
app.enableSandbox();
protocol.registerSchemesAsPrivileged([
  { scheme: ownScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
]);

if (app.requestSingleInstanceLock()) void start();
else app.quit();

async function start(): Promise<void> {
  // Who quits while it starts finds nothing yet that has an order.
  let stop = () => forked.end();
  stopBeforeQuit(app, log, { stop: () => stop(), kill: forked.kill });
  try {
    await makePrivateFolder(dataDir);
    await app.whenReady();
    let serve: HostServices['serve'] = () => undefined;
    const box = await secretBox(safeStorage);
    const desktop = await openDesktop({ dataDir, box, clock: systemClock, log, args: process.argv });
    const hosts = await openDesktopHosts({ dataDir, box, log, onServed: (served) => serve(served) });
    const key = await masterKeyOrWayOut({ dataDir, box, dialog, now: systemClock.now });
    if (key === 'quit') return app.quit();
    const services = await startServices(hosts.remote, desktop, key);
    serve = services.serve;
    const stopPower = watchPower(powerMonitor, {
      tell: services.tellPower,
      awake: () => void hosts.remote.tryNow().catch((error: unknown) => log.warn({ err: error }, 'hosts are away')),
    });
    const updates = await openDesktopUpdates({
      ...{ app, dialog, dataDir, log, clock: systemClock },
      version: packageVersion(),
      appImage: runningAppImage(),
      stopServices: () => stop(),
      tell: (standing) => desktop.window.tell('updates', standing),
    });
    stop = once(async () => {
      stopPower();
      updates.stop();
      await Promise.all([hosts.stop(), services.stop()]);
      await removeHostFile(dataDir);
    });
    restrictPermissions(session.defaultSession);
    protocol.handle(
      ownScheme,
      serveInterface(rendererPath(), () => hosts.originOf(services)),
    );
    answerCalls(
      { ...desktop.handlers(services), ...hosts.handlers(services), ...updates.handlers, thisNode: services.thisNode },
      unexpected,
    );
    desktop.begin();
  } catch (error) {
    log.error({ error }, 'could not start');
    dialog.showErrorBox('OtherThing could not start', error instanceof Error ? error.message : String(error));
    await Promise.race([forked.end(), sleep(stopDeadline)]);
    forked.kill();
    app.exit(1);
  }
}

async function startServices(
  remote: RemoteHostsService,
  { board }: Desktop,
  masterKey: string | undefined,
): Promise<HostServices> {
  const running = await readHostFile(dataDir);
  if (running !== null) throw new Error(`A host runs on ${dataDir} already (process ${running.pid}). Stop it first.`);
  const openLog = (name: ServiceName) => openServiceLog(join(dataDir, 'logs'), name);
  const logs = { orchestrator: await openLog('orchestrator'), worker: await openLog('worker') };
  const services = await startHostServices({
    dataDir,
    port: null,
    withWorker: true,
    staticDir: rendererPath(),
    version: packageVersion(),
    fork: forked.fork,
    onState: (name, state) => {
      logState(name, state);
      board.note(name, state);
    },
    stopDeadline,
    ...(masterKey === undefined ? {} : { masterKey }),
    onOutput: (name, text) => logs[name].write(text),
    servedHosts: remote.served(),
    onStanding: (standing) => remote.nodeStands(standing),
  });
  const { url, bearer } = services;
  await writeHostFile(dataDir, {
    pid: process.pid,
    url,
    bearer,
    version: packageVersion(),
    startedAt: systemClock.now(),
  });
  return services;
}

/** What the state carries beyond its name may hold a link or a key; only the reasons are written. */
function logState(service: ServiceName, state: ServiceState<unknown>): void {
  if (state.state === 'waiting') log.warn({ service, reason: state.reason }, 'the service ended; it is started again');
  else if (state.state === 'failed') log.error({ service, failure: state.failure }, 'the service cannot start');
  else log.info({ service, state: state.state }, 'service');
}

function unexpected(error: unknown, call: string): void {
  log.error({ error, call }, 'a call of the window failed');
}

/** Whoever calls it again waits for the same. */
function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= act();
    return done;
  };
}
