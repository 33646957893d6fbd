import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Type } from 'typebox';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { packageRoot } from './paths.ts';
import { forkChild } from './service-process.ts';
import { type ServiceState, type Supervised, supervise } from './supervise.ts';

const ReadySchema = Type.Object({ type: Type.Literal('ready'), pid: Type.Integer() });
type Ready = { type: 'ready'; pid: number };

/** A real service on runService; what it does is in its start message. */
const serviceSource = (root: string) => `
import { Type } from '${pathToFileURL(join(root, 'node_modules/typebox/build/index.mjs'))}';
import { runService } from '${pathToFileURL(join(root, 'src/platform/service.ts'))}';
runService({
  startSchema: Type.Object({ type: Type.Literal('start'), behave: Type.String() }),
  async start({ behave }, parent) {
    console.log('behaving: ' + behave);
    if (behave === 'refuse') throw Object.assign(new Error('the port is in use'), { code: 'EADDRINUSE' });
    if (behave === 'full') throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    if (behave === 'crash-first') process.exit(3);
    if (behave === 'hang') await new Promise((resolve) => setTimeout(resolve, 60_000));
    const keepsRunning = setInterval(() => {}, 1000);
    const stop = behave === 'deaf' ? () => new Promise(() => {}) : async () => clearInterval(keepsRunning);
    parent.listen((message) => parent.tell({ heard: message }));
    if (behave === 'ask') await new Promise((answered) => { parent.listen(answered); parent.tell({ asks: 1 }); });
    return { ready: { type: 'ready', pid: process.pid }, stop };
  },
});`;

let folder: string;
let entry: string;
const started: Supervised<Ready>[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'otherthing-supervise-'));
  entry = join(folder, 'service.mjs');
  writeFileSync(entry, serviceSource(packageRoot()));
});
afterEach(() => Promise.all(started.splice(0).map((service) => service.stop())));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(behaviour: () => string, options: { readyDeadline?: number; stopDeadline?: number } = {}) {
  const states: ServiceState<Ready>[] = [];
  const output: string[] = [];
  const said: unknown[] = [];
  const service = supervise({
    name: 'sample',
    fork: () => forkChild(entry),
    startMessage: () => ({ type: 'start', behave: behaviour() }),
    readySchema: ReadySchema,
    onState: (state) => states.push(state),
    onOutput: (text) => output.push(text),
    onMessage: (message, answer) => {
      said.push(message);
      if (typeof message === 'object' && message !== null && 'asks' in message) answer({ answered: message.asks });
    },
    restart: { firstDelay: 10, maxDelay: 40, healthyAfter: 60_000, maxFailedStarts: 3 },
    ...options,
  });
  started.push(service);
  return { service, states, output, said };
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('supervision of real processes', () => {
  test('what it asks while it starts is answered, and it gets ready', async () => {
    const { service, said } = start(() => 'ask');
    await service.ready();
    expect(said).toEqual([{ asks: 1 }]);
  });

  test('it gets ready, tells its output, and stops when asked', async () => {
    const { service, states, output } = start(() => 'well');
    const { pid } = await service.ready();
    expect(isAlive(pid)).toBe(true);
    await service.stop();
    expect(isAlive(pid)).toBe(false);
    expect(states.map(({ state }) => state)).toEqual(['starting', 'ready', 'stopping', 'stopped']);
    expect(output.join('')).toContain('behaving: well');
    await expect(service.ready()).rejects.toThrow('it was stopped');
  });

  test('parent and service tell each other things while it runs', async () => {
    const { service, said } = start(() => 'well');
    expect(service.send({ type: 'too early' })).toBe(false);
    await service.ready();
    expect(service.send({ type: 'first' })).toBe(true);
    service.send({ type: 'second' });
    await vi.waitFor(() => expect(said).toEqual([{ heard: { type: 'first' } }, { heard: { type: 'second' } }]));
    await service.stop();
    expect(service.send({ type: 'too late' })).toBe(false);
  });

  test('killed with -9 it is started again, and says so', async () => {
    const { service, states } = start(() => 'well');
    const first = await service.ready();
    process.kill(first.pid, 'SIGKILL');
    await vi.waitFor(() => expect(states.filter(({ state }) => state === 'ready')).toHaveLength(2), 10_000);
    expect((await service.ready()).pid).not.toBe(first.pid);
    expect(states.map(({ state }) => state)).toEqual(['starting', 'ready', 'waiting', 'starting', 'ready']);
    expect(states[2]).toMatchObject({ reason: 'it ended with SIGKILL' });
  });

  test('a start that fails once is tried again', async () => {
    let lives = 0;
    const { service } = start(() => {
      lives += 1;
      return lives === 1 ? 'crash-first' : 'well';
    });
    await service.ready();
    expect(lives).toBe(2);
  });

  test('one that never gets ready is given up, with the reason', async () => {
    const { service, states } = start(() => 'crash-first');
    await expect(service.ready()).rejects.toThrow(/^sample: it ended with 3, again and again\nbehaving: crash-first$/);
    expect(states.filter(({ state }) => state === 'starting')).toHaveLength(3);
  });

  test('one that says why it cannot start is not tried again', async () => {
    const { service, states } = start(() => 'refuse');
    await expect(service.ready()).rejects.toMatchObject({ code: 'EADDRINUSE', message: 'sample: the port is in use' });
    expect(states.map(({ state }) => state)).toEqual(['starting', 'failed']);
  });

  test('one whose disk is full has served before: it is tried again until there is room', async () => {
    let lives = 0;
    const { service, states } = start(() => {
      lives += 1;
      return lives > 1 && lives < 7 ? 'full' : 'well';
    });
    process.kill((await service.ready()).pid, 'SIGKILL');
    await vi.waitFor(() => expect(states.filter(({ state }) => state === 'ready')).toHaveLength(2), 30_000);
    expect(lives).toBe(7);
    expect(states.filter(({ state }) => state === 'waiting').at(-1)).toMatchObject({ reason: 'no space left' });
  }, 40_000);

  test('one whose disk is full from the start is given up after some tries, with the reason', async () => {
    const { service, states } = start(() => 'full');
    await expect(service.ready()).rejects.toMatchObject({ code: 'ENOSPC', message: 'sample: no space left' });
    expect(states.filter(({ state }) => state === 'starting')).toHaveLength(3);
  });

  test('one that is not ready in time is ended and tried again', async () => {
    let lives = 0;
    const { service, states } = start(
      () => {
        lives += 1;
        return lives === 1 ? 'hang' : 'well';
      },
      { readyDeadline: 3_000 },
    );
    await service.ready();
    expect(states[1]).toMatchObject({ state: 'waiting', reason: 'it did not get ready in time' });
  });

  test('one that does not stop when asked is ended all the same', async () => {
    const { service } = start(() => 'deaf', { stopDeadline: 200 });
    const { pid } = await service.ready();
    await service.stop();
    expect(isAlive(pid)).toBe(false);
  });

  test('started anew when asked: one that runs is ended first, one that was given up gets another life', async () => {
    let behaviour = 'well';
    const { service, states } = start(() => behaviour);
    const first = await service.ready();
    service.restart();
    service.restart();
    await vi.waitFor(() => expect(states.filter(({ state }) => state === 'ready')).toHaveLength(2), {
      timeout: 10_000,
    });
    expect(isAlive(first.pid)).toBe(false);
    behaviour = 'refuse';
    service.restart();
    await vi.waitFor(() => expect(service.state().state).toBe('failed'), { timeout: 10_000 });
    behaviour = 'well';
    service.restart();
    expect((await service.ready()).pid).not.toBe(first.pid);
  });

  test('a start message of the wrong form is refused, not ignored', async () => {
    const service = supervise({
      name: 'sample',
      fork: () => forkChild(entry),
      startMessage: () => ({ type: 'start' }),
      readySchema: ReadySchema,
    });
    started.push(service);
    await expect(service.ready()).rejects.toMatchObject({ code: 'bad_request' });
  });
});

test('a service whose parent goes away stops by itself', async () => {
  const parent = join(folder, 'parent.mjs');
  writeFileSync(
    parent,
    `import { fork } from 'node:child_process';
     const child = fork(process.argv[2], [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
     child.on('message', (message) => process.send(message));
     child.send({ type: 'start', behave: 'well' });`,
  );
  const { fork } = await import('node:child_process');
  const child = fork(parent, [entry], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const pid = await new Promise<number>((resolve) => child.once('message', (ready: Ready) => resolve(ready.pid)));
  child.kill('SIGKILL');
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), 10_000);
});
