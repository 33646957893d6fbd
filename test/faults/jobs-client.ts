/** A program that has jobs done: by the live socket or over REST, each with a key, again and again until acknowledged. */
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Client } from '../../src/shared/api/client.ts';
import type { JobSubmit } from '../../src/shared/model/job.ts';
import type { LiveServerMessage } from '../../src/shared/protocol/live.ts';

export interface KeyedJob extends JobSubmit {
  idempotencyKey: string;
}
type Finished = Extract<LiveServerMessage, { type: 'finished' }>;

export interface JobsClient {
  /** Takes these on; they are submitted at the next occasion, and until they are acknowledged. */
  add(jobs: readonly KeyedJob[]): void;
  /** By key, every id that was ever answered for it; two are one too many (J6). */
  readonly acknowledged: ReadonlyMap<string, ReadonlySet<string>>;
  /** By job, every end of it that was ever told, as JSON. */
  readonly told: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether everything taken on has been acknowledged. */
  readonly idle: boolean;
  stop(): void;
}

const perCall = 20;
const inFlight = 5;
/**
 * A host that says nothing for so long is given up, and asked again through another connection; each time in a row for
 * twice as long, since it may be slow and not gone. Milliseconds.
 */
const patience = { first: 1_500, most: 12_000 };

export function startJobsClient(host: {
  client(): Client;
  url: string;
  workspaceId: string;
  /** How many of a hundred jobs go over REST instead. */
  restPercent: number;
}): JobsClient {
  const open = new Map<string, KeyedJob>();
  const acknowledged = new Map<string, Set<string>>();
  const told = new Map<string, Set<string>>();
  let stopped = false;
  let patient = patience.first;

  const note = (notes: Map<string, Set<string>>, key: string, what: string) => {
    notes.set(key, (notes.get(key) ?? new Set()).add(what));
  };
  const accept = (jobs: readonly KeyedJob[], ids: readonly string[]) => {
    for (const [index, { idempotencyKey: key }] of jobs.entries()) {
      note(acknowledged, key, ids[index] ?? '');
      open.delete(key);
    }
  };
  const isRest = ({ idempotencyKey }: KeyedJob) => hashOf(idempotencyKey) % 100 < host.restPercent;
  const next = (rest: boolean, busy: ReadonlySet<string>) =>
    [...open.values()].filter((job) => isRest(job) === rest && !busy.has(job.idempotencyKey)).slice(0, perCall);

  const overRest = async () => {
    while (!stopped) {
      const jobs = next(true, new Set());
      if (jobs.length > 0) {
        await host
          .client()
          .call('submitJobs', { params: { id: host.workspaceId }, body: { jobs } })
          .then(
            ({ jobIds }) => accept(jobs, jobIds),
            () => undefined,
          );
      }
      await wait(50);
    }
  };

  /** One connection, until it ends or says nothing any more. */
  const overSocket = async () => {
    const { ticket } = await host.client().call('createTicket', {});
    const socket = new WebSocket(`${host.url.replace('http', 'ws')}/ws/live?ticket=${ticket}`);
    socket.on('error', () => undefined);
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const calls = new Map<number, KeyedJob[]>();
    let heardAt = Date.now();
    let id = 0;
    const send = (message: object) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message));
    const more = () => {
      if (socket.readyState !== WebSocket.OPEN) return;
      while (calls.size < inFlight) {
        const busy = new Set([...calls.values()].flat().map(({ idempotencyKey }) => idempotencyKey));
        const jobs = next(false, busy);
        if (jobs.length === 0) return;
        id += 1;
        calls.set(id, jobs);
        send({ type: 'submit', id, workspaceId: host.workspaceId, jobs, follow: true });
      }
    };
    socket.on('message', (data) => {
      heardAt = Date.now();
      patient = patience.first;
      for (const message of [JSON.parse(String(data)) as LiveServerMessage | LiveServerMessage[]].flat()) {
        if (message.type === 'submitted') accept(calls.get(message.id) ?? [], message.jobIds);
        if (message.type === 'finished') note(told, message.jobId, endOf(message));
        if (message.type === 'submitted' || message.type === 'problem') calls.delete(message.id ?? -1);
      }
    });
    const tick = setInterval(() => {
      send({ type: 'ping' });
      more();
      if (stopped || Date.now() - heardAt > patient) socket.terminate();
    }, 50);
    await ended;
    clearInterval(tick);
    if (Date.now() - heardAt > patient) patient = Math.min(patience.most, patient * 2);
  };
  const overSockets = async () => {
    while (!stopped) {
      await overSocket().catch(() => undefined);
      await wait(50);
    }
  };
  void overRest();
  void overSockets();

  return {
    add(jobs) {
      for (const job of jobs) open.set(job.idempotencyKey, job);
    },
    acknowledged,
    told,
    get idle() {
      return open.size === 0;
    },
    stop() {
      stopped = true;
    },
  };
}

export const endOf = ({ state, result, error }: Pick<Finished, 'state' | 'result' | 'error'>) =>
  JSON.stringify([state, result ?? null, error?.code ?? null]);

/** A number that belongs to a text (FNV-1a). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash;
}
