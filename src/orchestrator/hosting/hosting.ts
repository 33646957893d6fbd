/**
 * Whether other machines reach this host (S3, S4). Off until asked for; then a second listener, always with TLS, beside the
 * one on loopback, which stays as it is. It is opened and closed while everything else goes on.
 */
import { stat } from 'node:fs/promises';
import type { Server } from 'node:https';
import { isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import { Value } from 'typebox/value';
import { usualTlsPort } from '../../platform/ports.ts';
import {
  addressesOfThisMachine,
  type HostIdentityFiles,
  ownCertificate,
  readCertificate,
} from '../../platform/tls/certificate-files.ts';
import type { Clock } from '../../shared/clock.ts';
import { type Hosting, HostingSettings } from '../../shared/model/hosting.ts';
import type { OrchestratorStart } from '../../shared/services.ts';
import { put, type Store } from '../store/store.ts';
import { settings as settingsTable } from '../store/tables.ts';
import type { Timers } from '../timers.ts';
import { createTurns } from '../turns.ts';
import { type Announce, createAnnouncing } from './announcing.ts';
import { openTlsListener, type TlsListener } from './tls-listener.ts';

export interface HostingService {
  /** Carries out what is chosen, once the host serves this machine. */
  open(): Promise<void>;
  get(): Promise<Hosting>;
  /** Keeps the settings and carries them out; what cannot be carried out is said in `problem`. */
  put(settings: HostingSettings): Promise<Hosting>;
  /** Names by which this host may be called, beside loopback and the addresses it listens on. */
  names(): readonly string[];
  /** Where other machines reach it, the best first; empty while they do not. */
  origins(): readonly string[];
  /** The pin that links carry; null where every machine trusts the certificate, or there is none. */
  pin(): string | null;
  stop(): Promise<void>;
}

export interface HostingDeps {
  store: Store;
  clock: Clock;
  timers: Timers;
  dataDir: string;
  /** What the command line says. */
  start: OrchestratorStart['hosting'];
  /** Tells this start of the host from others; stays the same when the orchestrator alone is started anew. */
  startId: string;
  attach(server: Server): () => Promise<void>;
  connected(): Promise<Hosting['connected']>;
  announce: Announce;
  version: string;
  log: { info(details: object, message: string): void; error(details: object, message: string): void };
}

const settingName = 'hosting';
const lookAtFilesEvery = 30_000;
const off: HostingSettings = { enabled: false, address: '0.0.0.0', port: usualTlsPort, names: [] };

interface Listening {
  listener: TlsListener;
  certificate: HostIdentityFiles;
}

export async function createHosting(deps: HostingDeps): Promise<HostingService> {
  const { store, clock, start, log } = deps;
  const turns = createTurns();
  const chosen = await chosenSettings(store, start, deps.startId);
  let settings: HostingSettings = chosen.settings;
  let { byCommandLine } = chosen;
  let open: Listening | null = null;
  let problem: string | null = null;
  let changed = '';

  const certificate = () =>
    start?.certFile === undefined || start.keyFile === undefined
      ? ownCertificate(deps.dataDir, hostname(), clock.now())
      : readCertificate({ certFile: start.certFile, keyFile: start.keyFile });

  const listen = async (): Promise<void> => {
    try {
      const found = await certificate();
      changed = await ageOf(start);
      const { address, port } = settings;
      const listener = await openTlsListener({ certificate: found, address, port, attach: deps.attach });
      open = { listener, certificate: found };
      problem = null;
      log.info({ address: listener.address, port: listener.port }, 'Other machines reach this host');
    } catch (error) {
      problem = inWords(error, settings);
      log.error({ err: error }, 'This host cannot listen for other machines');
    }
  };

  const announcing = createAnnouncing(deps.announce, (error) =>
    log.error({ err: error }, 'This host cannot announce itself on the local network'),
  );
  /** Only what others can reach is announced. */
  const sayWhere = (): Promise<void> =>
    announcing.follow(
      open === null || settings.findable !== true || isLoopbackAddress(open.listener.address)
        ? null
        : { name: hostname(), fingerprint: pin(), version: deps.version, port: open.listener.port },
    );

  const carryOut = async (): Promise<void> => {
    const before = open;
    open = null;
    problem = null;
    await before?.listener.close();
    if (settings.enabled) await listen();
  };

  /** A certificate that somebody else renews is taken up from its files. */
  const reload = async (): Promise<void> => {
    const age = await ageOf(start);
    if (open === null || age === '' || age === changed) return;
    const found = await certificate();
    open.listener.present(found);
    open.certificate = found;
    changed = age;
    log.info({ fingerprint: found.facts.fingerprint }, 'The certificate was read anew');
  };
  const stopLooking = deps.timers.every(lookAtFilesEvery, () => {
    void turns
      .take('listener', reload)
      .catch((error: unknown) => log.error({ err: error }, 'The new certificate cannot be used; the old one stays'));
  });

  const origins = (): string[] => {
    const throughProxy = start?.proxy === undefined ? [] : [`https://${start.proxy}`];
    if (open === null) return throughProxy;
    const { address, port } = open.listener;
    const all = address === '0.0.0.0' || address === '::';
    const addresses = all ? addressesOfThisMachine() : [address];
    return [...throughProxy, ...[...settings.names, ...addresses].map((name) => originOf(name, port))];
  };

  const pin = () =>
    start?.proxy === undefined && open?.certificate.facts.selfSigned === true
      ? open.certificate.facts.fingerprint
      : null;

  const get = async (): Promise<Hosting> => ({
    ...settings,
    byCommandLine,
    listening: open === null ? null : { address: open.listener.address, port: open.listener.port },
    problem,
    proxy: start?.proxy ?? null,
    certificate: open === null ? null : open.certificate.facts,
    origins: origins(),
    announced: announcing.on,
    connected: await deps.connected(),
  });

  return {
    open: () =>
      turns.take('listener', async () => {
        await carryOut();
        await sayWhere();
      }),
    get,
    origins,
    pin,
    names: () => [...settings.names, ...(start?.proxy === undefined ? [] : [start.proxy])].map(hostHeaderName),
    put: (next) =>
      turns.take('listener', async () => {
        await store.commit([put(settingsTable, { name: settingName, value: { ...next, startId: deps.startId } })]);
        const same = JSON.stringify(pickPlace(settings)) === JSON.stringify(pickPlace(next));
        settings = next;
        byCommandLine = false;
        // Other names need no other listener: what is connected stays so.
        if (!same || (next.enabled && open === null)) await carryOut();
        await sayWhere();
        return get();
      }),
    async stop() {
      stopLooking();
      await turns.take('listener', async () => {
        await announcing.follow(null);
        await open?.listener.close();
      });
    },
  };
}

const pickPlace = ({ enabled, address, port }: HostingSettings) => ({ enabled, address, port });

/** What the command line says holds, unless somebody changed it since in this start of the host. */
async function chosenSettings(store: Store, start: HostingDeps['start'], startId: string) {
  const value: unknown = (await store.get(settingsTable, { name: settingName }))?.value;
  const kept = Value.Check(HostingSettings, value) ? value : null;
  const changedNow = kept !== null && Reflect.get(kept, 'startId') === startId;
  const { enabled, address, port, names, findable = false } = kept ?? off;
  if (start?.listen === undefined || changedNow) {
    return {
      settings: { enabled, address, port, names: [...new Set([...names, ...(start?.names ?? [])])], findable },
      byCommandLine: false,
    };
  }
  const settings = {
    enabled: true,
    ...start.listen,
    names: start.names ?? names,
    findable: start.findable ?? findable,
  };
  return { settings, byCommandLine: true };
}

/** When the files of a given certificate were last changed; '' where the host has its own. */
async function ageOf(start: HostingDeps['start']): Promise<string> {
  if (start?.certFile === undefined || start.keyFile === undefined) return '';
  const found = await Promise.all([stat(start.certFile), stat(start.keyFile)]);
  return found.map(({ mtimeMs, size }) => `${mtimeMs} ${size}`).join(', ');
}

/** The origin of a name or address; IPv6 in brackets. */
function originOf(name: string, port: number): string {
  return new URL(`https://${hostHeaderName(name)}:${port}`).origin;
}

/** Who reaches nothing but this machine need not be found by others. */
function isLoopbackAddress(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

function hostHeaderName(name: string): string {
  return (isIPv6(name) ? `[${name}]` : name).toLowerCase();
}

function inWords(error: unknown, { address, port }: HostingSettings): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `Port ${port} is taken by another program. Choose another port.`;
  if (code === 'EADDRNOTAVAIL') return `This machine does not have the address ${address} now.`;
  if (code === 'EACCES') return `This account may not listen on port ${port}. Choose one above 1023.`;
  return error instanceof Error ? error.message : String(error);
}
