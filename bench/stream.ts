/** Tokens from a worker process to viewers' sockets, beside a bare relay; and how old one is when it arrives. */
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { createClient } from '../src/shared/api/client.ts';
import { coalesce, onMessages } from './coalesce.ts';
import { startOrchestrator } from './host.ts';
import { percentile } from './job-relay.ts';
import { startProgram } from './processes.ts';
import { median, report } from './report.ts';
import { ageOf, type StreamJob } from './stream-job.ts';

const streams = 64;
const fast: StreamJob = { tokens: 2_000, everyMs: 0 };
const slow: StreamJob = { tokens: 400, everyMs: 10 };
const target = 0.6;
const mostMs = 20;

interface StreamRelay {
  /**
   * Has so many jobs stream, each to a socket of its own; `hear` is told each token. Resolves when all have come with the
   * seconds since the worker began: opening the sockets is not streaming.
   */
  stream(count: number, job: StreamJob, hear: (text: string) => void): Promise<number>;
  stop(): Promise<void>;
}

export async function benchStream(times: number, execArgv: string[]): Promise<void> {
  const product = await startProduct(execArgv);
  const bare = await startBare();
  const rates: { product: number[]; bare: number[]; ratio: number[] } = { product: [], bare: [], ratio: [] };
  const ages: { product: number[]; bare: number[] } = { product: [], bare: [] };
  try {
    for (const relay of [bare, product]) await tokensPerSecond(relay);
    for (let round = 0; round < times; round += 1) {
      const [limit, value] = [await tokensPerSecond(bare), await tokensPerSecond(product)];
      rates.bare.push(limit);
      rates.product.push(value);
      ages.bare.push(await age(bare));
      ages.product.push(await age(product));
    }
  } finally {
    await product.stop();
    await bare.stop();
  }
  const n = streams * fast.tokens;
  const notes = `${streams} jobs to ${streams} viewers, median of ${times} in turns, limit: bare relay; must reach ${target}`;
  report({ bench: 'stream', value: median(rates.product), unit: 'tokens/s', limit: median(rates.bare), n, notes });
  report({
    bench: 'stream.p95',
    value: median(ages.product),
    unit: 'ms',
    limit: median(ages.bare),
    n: slow.tokens,
    notes: `one stream, a token every ${slow.everyMs} ms, at the worker → in the viewer's socket, limit: bare relay; at most ${mostMs} ms`,
  });
}

async function tokensPerSecond(relay: StreamRelay): Promise<number> {
  return (streams * fast.tokens) / (await relay.stream(streams, fast, () => undefined));
}

/** The 95th percentile of one stream's tokens, in milliseconds. */
async function age(relay: StreamRelay): Promise<number> {
  const ages: number[] = [];
  await relay.stream(1, slow, (text) => ages.push(ageOf(text)));
  return percentile(
    ages.sort((left, right) => left - right),
    0.95,
  );
}

const program = (name: string) => join(import.meta.dirname, name);

async function startBare(): Promise<StreamRelay> {
  const relay = await startProgram<{ port: number }>(program('bare-stream-relay.ts'), { type: 'start' });
  const url = `ws://127.0.0.1:${relay.ready.port}`;
  const worker = await startProgram(program('token-worker.ts'), { url: `${url}/worker` });
  let made = 0;
  return {
    async stream(count, job, hear) {
      const begin = () => worker.child.send({ begin: count });
      const view = async () => {
        made += 1;
        const name = `job-${made}`;
        const socket = await opened(`${url}/viewer`);
        const viewing = new Promise<void>((resolve) =>
          onMessages<{ viewing?: string }>(socket, (message) => message.viewing !== undefined && resolve()),
        );
        const all = heard(
          socket,
          job.tokens,
          ({ text }: { text?: string }) => (text === undefined ? [] : [text]),
          hear,
        );
        coalesce(socket)({ view: name, input: job });
        await viewing;
        return { socket, all };
      };
      return watch(count, view, begin);
    },
    async stop() {
      await worker.stop();
      await relay.stop();
    },
  };
}

interface LiveMessage {
  type: string;
  topic?: string;
  event?: { kind: string; chunks?: { text: string }[] };
}

async function startProduct(execArgv: string[]): Promise<StreamRelay> {
  const host = await startOrchestrator(execArgv);
  const ws = host.ready.url.replace('http', 'ws');
  const worker = await startProgram(program('token-worker.ts'), {
    url: `${ws}/ws/node`,
    workerToken: host.workerToken,
  });
  const client = createClient({ baseUrl: host.ready.url, token: host.adminToken });
  const [workspace] = (await client.call('listWorkspaces', {})).items;
  const id = workspace?.id ?? '';
  return {
    async stream(count, job, hear) {
      const jobs = Array.from({ length: count }, () => ({ kind: 'tokens', input: job }));
      const { jobIds } = await client.call('submitJobs', { params: { id }, body: { jobs } });
      const waiting = [...jobIds];
      const view = async () => {
        const topic = `job:${waiting.pop()}`;
        const { ticket } = await client.call('createTicket', {});
        const socket = await opened(`${ws}/ws/live?ticket=${ticket}`);
        const subscribed = new Promise<void>((resolve) =>
          onMessages<LiveMessage>(socket, (message) => message.type === 'subscribed' && resolve()),
        );
        const textsOf = ({ event }: LiveMessage) => event?.chunks?.map(({ text }) => text) ?? [];
        const all = heard(socket, job.tokens, textsOf, hear);
        coalesce(socket)({ type: 'subscribe', topic });
        await subscribed;
        return { socket, all };
      };
      return watch(count, view, () => worker.child.send({ begin: count }));
    },
    async stop() {
      await worker.stop();
      await host.stop();
    },
  };
}

interface Viewer {
  socket: WebSocket;
  all: Promise<void>;
}

async function watch(count: number, view: () => Promise<Viewer>, begin: () => void): Promise<number> {
  const viewers: Viewer[] = [];
  for (let index = 0; index < count; index += 1) viewers.push(await view());
  const begun = performance.now();
  begin();
  await Promise.all(viewers.map(({ all }) => all));
  const seconds = (performance.now() - begun) / 1_000;
  for (const { socket } of viewers) socket.close();
  return seconds;
}

function opened(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Resolves when so many tokens have come. */
function heard<Message>(
  socket: WebSocket,
  tokens: number,
  textsOf: (message: Message) => string[],
  hear: (text: string) => void,
): Promise<void> {
  let count = 0;
  return new Promise((resolve, reject) => {
    socket.once('close', () => reject(new Error(`The socket closed after ${count} of ${tokens} tokens`)));
    onMessages<Message>(socket, (message) => {
      for (const text of textsOf(message)) {
        hear(text);
        count += 1;
      }
      if (count >= tokens) resolve();
    });
  });
}
