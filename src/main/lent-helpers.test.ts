import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { helperPath } from '../platform/paths.ts';
import type { ServiceProcess } from '../platform/service-process.ts';
import type { HelperNews, HelperPlan } from '../shared/helpers.ts';
import { createLending, type HelperChild, lendHelpers, mostHelpers } from './lent-helpers.ts';

const plan: HelperPlan = { program: 'document', threads: 1 };

function fakeHelper() {
  const told: unknown[] = [];
  const calls = { started: (_: number) => {}, said: (_: unknown) => {}, ended: (_: number | string) => {} };
  let kills = 0;
  const child: HelperChild = {
    onStart: (started) => {
      calls.started = started;
    },
    send: (message) => told.push(message),
    onMessage: (receive) => {
      calls.said = receive;
    },
    onExit: (ended) => {
      calls.ended = ended;
    },
    kill: () => void kills++,
  };
  return { child, told, calls, kills: () => kills };
}

describe('helpers that main lends to the worker', () => {
  test('start, both directions, end', () => {
    const helper = fakeHelper();
    const news: HelperNews[] = [];
    const lending = createLending(
      () => helper.child,
      (said) => news.push(said),
    );
    lending.obey({ type: 'helper.start', id: 3, plan });
    lending.obey({ type: 'helper.tell', id: 3, message: 'read this' });
    helper.calls.started(77);
    helper.calls.said({ type: 'read' });
    helper.calls.ended(0);
    lending.obey({ type: 'helper.tell', id: 3, message: 'too late' });
    expect(helper.told).toEqual(['read this']);
    expect(news).toEqual([
      { type: 'helper.started', id: 3, pid: 77 },
      { type: 'helper.said', id: 3, message: { type: 'read' } },
      { type: 'helper.ended', id: 3, how: 0 },
    ]);
  });

  test('a worker that ends takes its helpers along, and what they still say goes nowhere', () => {
    const helper = fakeHelper();
    let exit = (_: number | string) => {};
    let receive = (_: unknown) => {};
    const sent: unknown[] = [];
    const service: ServiceProcess = {
      pid: 5,
      send: (message) => sent.push(message),
      onMessage: (given) => {
        receive = given;
      },
      onExit: (given) => {
        exit = given;
      },
      onOutput: () => {},
      kill: () => {},
    };
    const heard: unknown[] = [];
    const lent = lendHelpers(
      () => service,
      () => helper.child,
    )('worker/main.js');
    lent.onMessage((message) => heard.push(message));
    receive({ type: 'helper.start', id: 0, plan });
    receive({ type: 'ready' });
    exit('SIGKILL');
    helper.calls.said('hello?');
    helper.calls.ended('SIGKILL');
    expect(heard).toEqual([{ type: 'ready' }]);
    expect(helper.kills()).toBe(1);
    expect(sent).toEqual([]);
  });

  test('S10: only programs that main knows are started, and never more than it lends', () => {
    let forked = 0;
    const news: HelperNews[] = [];
    let receive = (_: unknown) => {};
    const service = {
      onExit: () => {},
      onMessage: (given: (message: unknown) => void) => {
        receive = given;
      },
    };
    const whole = {
      ...service,
      pid: 1,
      send: (message: unknown) => news.push(message as HelperNews),
      onOutput() {},
      kill() {},
    };
    const passedOn: unknown[] = [];
    const fork = () => {
      forked++;
      return fakeHelper().child;
    };
    lendHelpers(() => whole, fork)('worker').onMessage((message) => passedOn.push(message));
    receive({ type: 'helper.start', id: 0, plan: { program: '/bin/sh', threads: 1 } });
    receive({ type: 'helper.start', id: 0, plan: { ...plan, execArgv: ['--inspect'] } });
    expect(forked).toBe(0);
    expect(passedOn).toHaveLength(2);
    for (let id = 0; id <= mostHelpers; id++) receive({ type: 'helper.start', id, plan });
    expect(forked).toBe(mostHelpers);
    expect(news).toEqual([{ type: 'helper.ended', id: mostHelpers, how: 'too many helpers' }]);
  });
});

describe('the worker borrows', () => {
  let folder = '';
  let worker: ChildProcess | undefined;
  afterEach(async () => {
    worker?.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  test('a document is read by a helper of main; killed, it says so', { timeout: 60_000 }, async () => {
    folder = await mkdtemp(join(tmpdir(), 'otherthing-lent-'));
    const path = join(folder, 'bees.txt');
    const text = 'Bees dance.';
    await writeFile(path, text);
    const module = new URL('../worker/document/document-process.ts', import.meta.url).href;
    const source = `
      import { EventEmitter } from 'node:events';
      const port = new EventEmitter();
      port.postMessage = (message) => process.send(message);
      process.on('message', (data) => port.emit('message', { data }));
      process.parentPort = port;
      const { startDocumentReader } = await import(${JSON.stringify(module)});
      const reader = startDocumentReader({ ramMb: 256 });
      const result = await reader.read({ path: ${JSON.stringify(path)}, name: 'bees.txt', mime: 'text/plain' });
      const pid = await reader.pid;
      reader.kill();
      await reader.ended;
      process.send({ type: 'answer', text: result.text, pid });
    `;
    const file = join(folder, 'worker.mjs');
    await writeFile(file, source);
    worker = fork(file, [], { execArgv: ['--no-warnings'] });
    const forked = worker;
    const lending = createLending(forkByNode, (news) => forked.send(news));
    const answer = new Promise<{ text: string; pid: number }>((resolve) =>
      forked.on('message', (message: { type: string }) => {
        if (message.type === 'answer') resolve(message as never);
        else lending.obey(message as never);
      }),
    );
    const { text: read, pid } = await answer;
    expect(createHash('sha256').update(read).digest('hex')).toBe(createHash('sha256').update(text).digest('hex'));
    expect(() => process.kill(pid, 0)).toThrow();
    forked.kill('SIGKILL');
    await once(forked, 'exit');
  });
});

/** As forkUtilityHelper, with Node in Electron's place. */
function forkByNode({ program, threads }: HelperPlan): HelperChild {
  const child = fork(helperPath(program), [String(threads)], { env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  return {
    onStart: (started) => child.once('spawn', () => child.pid !== undefined && started(child.pid)),
    send: (message) => child.connected && child.send(message as object),
    onMessage: (receive) => child.on('message', receive),
    onExit: (ended) => child.once('exit', (code, signal) => ended(signal ?? code ?? 1)),
    kill: () => child.kill('SIGKILL'),
  };
}
