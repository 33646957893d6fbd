import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { createIdSource } from '../../../shared/ids.ts';
import type { FlowFile } from '../../../shared/model/flow.ts';
import { isRunOver, type RunDetail } from '../../../shared/model/run.ts';
import type { BlobStore, FlowService, Person, RunService } from '../../services.ts';
import { createMemoryStore } from '../../store/memory.ts';
import { put, type Store } from '../../store/store.ts';
import { approvals, flows, flowVersions, holds, runs, steps } from '../../store/tables.ts';
import { createManualTimers, type ManualTimers } from '../../timers.ts';
import { isFullDisk } from '../full-disk.ts';
import { createRunService } from '../run-service.ts';
import { createMemoryBlobs, dyingStore, flow, step, wire } from '../runs.harness.ts';

const ana: Person = { userId: 'usr-ana', name: 'Ana' };
const ids = createIdSource({ now: () => Date.now() }, Math.random);
const noJobs = {
  submit: () => Promise.reject(new Error('no job is expected here')),
  get: async () => null,
  cancel: () => Promise.reject(new Error('no job is expected here')),
  cancelRun: async () => undefined,
  onFinished: () => () => undefined,
  onStarted: () => () => undefined,
};

/** Flows and time that outlive the services on them. */
interface World {
  readonly store: Store;
  readonly timers: ManualTimers;
  readonly files: Map<string, FlowFile>;
}

const createWorld = (): World => ({ store: createMemoryStore(), timers: createManualTimers(), files: new Map() });

type Blobs = Pick<BlobStore, 'put' | 'open'>;
const noBlobs = { put: async () => ({ sha256: '0'.repeat(64), size: 0 }), open: async () => null };

function serviceOn({ store: whole, timers, files }: World, store: Store = whole, blobs: Blobs = noBlobs): RunService {
  const flowService: Pick<FlowService, 'freeze'> = {
    freeze: async (flowId) => frozen(whole, flowId, files.get(flowId) ?? flow([], [])),
  };
  return createRunService({
    ...{ store, timers, ids, jobs: noJobs, flows: flowService, clock: timers },
    blobs,
    live: { publish: () => undefined, position: () => ({ epoch: 'e', seq: 0 }) },
    unexpected: (error) => {
      if ((error as Error).message !== 'killed' && !isFullDisk(error)) throw error;
    },
  });
}

async function frozen(store: Store, flowId: string | null, file: FlowFile) {
  const version = {
    ...{ id: ids.next('version'), flowId, number: 1, name: null, hash: '0'.repeat(64) },
    ...{ authorName: null, createdAt: 0, automatic: null },
  };
  await store.commit([put(flowVersions, { ...version, workspaceId: 'ws-1', file })]);
  const { automatic: _, ...shown } = version;
  return { version: shown, file };
}

async function addFlow(world: World, id: string, file: FlowFile, workspaceId = 'ws-1'): Promise<void> {
  world.files.set(id, file);
  const picture = { boxes: [], lines: [] };
  const row = {
    id,
    workspaceId,
    name: id,
    steps: 1,
    picture,
    sample: null,
    createdAt: 0,
    updatedAt: 0,
    deletedAt: null,
  };
  await world.store.commit([put(flows, row)]);
}

async function start(world: World, service: RunService, file: FlowFile, flowId: string | null = null) {
  const { version } = await frozen(world.store, flowId, file);
  return service.start({ workspaceId: 'ws-1', flowId, version, file, inputs: {}, startedBy: 'Ana' });
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
async function until<Value>(probe: () => Promise<Value | null>): Promise<Value> {
  for (let turns = 0; turns < 20_000; turns += 1) {
    const value = await probe();
    if (value !== null) return value;
    await turn();
  }
  throw new Error('It did not come about');
}
const over = (service: RunService, runId: string): Promise<RunDetail> =>
  until(async () => {
    const detail = await service.detail(runId);
    return isRunOver(detail.run.state) ? detail : null;
  });
const pendingOf = (world: World, count: number) =>
  until(async () => {
    const rows = await world.store.list(approvals, { where: { state: 'pending' } });
    return rows.length >= count ? rows : null;
  });
const decisionOn = (row: { id: string; runId: string; stepId: string; path: string }, approved: boolean) => ({
  ...{ approvalId: row.id, runId: row.runId, stepId: row.stepId, path: row.path },
  ...{ approved, note: approved ? 'yes' : 'no', by: ana },
});

/** Asks, beside a branch that does not wait. */
const asking = (config = {}, policy?: object) =>
  flow(
    [
      { ...step('ask', 'approval', { question: 'Go on?', ...config }), ...(policy === undefined ? {} : { policy }) },
      step('yes', 'template', { text: 'went on', inputs: [{ name: 'value' }] }),
      step('no', 'template', { text: 'stopped: {{ steps.ask.note }}', inputs: [{ name: 'value' }] }),
      step('beside', 'input', { name: 'beside', type: 'text', value: 'b' }),
      step('a', 'output', { name: 'yes' }),
      step('b', 'output', { name: 'no' }),
    ],
    [
      wire('ask.approved', 'yes.value'),
      wire('ask.rejected', 'no.value'),
      wire('yes.text', 'a.value'),
      wire('no.text', 'b.value'),
    ],
  );

/** Asks for each word, and waits a second after. */
const askingEach = (words: readonly string[], concurrency = 1_000) =>
  flow(
    [
      step('words', 'input', { name: 'words', type: 'list<text>', value: words }),
      step('each', 'map', { concurrency, onItemError: 'fail' }),
      step('ask', 'approval', { question: '{{ item }}?' }, 'each'),
      step('pause', 'wait', { amount: 1, unit: 'seconds' }, 'each'),
      step('all', 'output', { name: 'all' }),
    ],
    [
      wire('words.value', 'each.items'),
      wire('each.item', 'ask.value'),
      wire('ask.approved', 'pause.value'),
      wire('pause.value', 'each.result'),
      wire('each.results', 'all.value'),
    ],
  );

describe('approvals', () => {
  test('F8: asks, lets the rest of the run go on, and resumes only what waited', async () => {
    const world = createWorld();
    const service = serviceOn(world);
    const { id } = await start(world, service, asking());
    const [asked] = await pendingOf(world, 1);
    expect(asked).toMatchObject({
      question: 'Go on?',
      deciders: { role: 'member' },
      fallback: 'reject',
      stepName: 'ask',
    });
    await until(async () => ((await service.step(id, 'beside', '')).instance.state === 'succeeded' ? true : null));
    const waiting = (await service.step(id, 'ask', '')).instance;
    expect(waiting).toMatchObject({ state: 'awaiting_approval', approvalId: asked?.id, waitsUntil: asked?.deadline });
    expect(await service.decide(decisionOn(asked ?? expect.fail(), false))).toBe(true);
    const { run, outputs } = await over(service, id);
    expect([run.state, outputs]).toEqual(['succeeded', { no: 'stopped: no' }]);
    expect(await world.store.count(holds, {})).toBe(0);
  });

  test('F8: a decision whose outputs find no room on the disk is carried out when there is some', async () => {
    const world = createWorld();
    let refused = 0;
    const kept = createMemoryBlobs();
    const full: Blobs = {
      ...kept,
      async put(content, options) {
        refused += 1;
        if (refused > 1 && refused < 4) throw new AppError('disk_full');
        return kept.put(content, options);
      },
    };
    const service = serviceOn(world, world.store, full);
    const large = 'x'.repeat(200_000);
    const file = flow(
      [
        step('in', 'input', { name: 'in', type: 'text', value: large }),
        step('ask', 'approval', { question: 'Go on?' }),
      ],
      [wire('in.value', 'ask.value')],
    );
    const { id } = await start(world, service, file);
    const [asked] = await pendingOf(world, 1);
    const decided = service.decide(decisionOn(asked ?? expect.fail(), true));
    const { run } = await until(async () => {
      world.timers.advance(10_000);
      const detail = await service.detail(id);
      return isRunOver(detail.run.state) ? detail : null;
    });
    expect([run.state, await decided, refused]).toEqual(['succeeded', true, 4]);
    await service.stop();
  });

  test('F8: of two decisions at once one counts, and it is the one that is kept', async () => {
    const world = createWorld();
    const service = serviceOn(world);
    const { id } = await start(world, service, asking());
    const [asked] = await pendingOf(world, 1);
    const both = [true, false].map((approved) => service.decide(decisionOn(asked ?? expect.fail(), approved)));
    expect(await Promise.all(both)).toEqual([true, false]);
    expect((await over(service, id)).outputs).toEqual({ yes: 'went on' });
    expect(await world.store.get(approvals, { id: asked?.id ?? '' })).toMatchObject({
      state: 'approved',
      decidedBy: 'Ana',
    });
  });

  test.each([
    ['approve', 'succeeded', { yes: 'went on' }],
    ['reject', 'succeeded', { no: 'stopped: ' }],
    ['fail', 'failed', {}],
  ])(
    'F8: at the deadline the fallback "%s" decides, also where the host was off then',
    async (fallback, state, outputs) => {
      const world = createWorld();
      const first = serviceOn(world);
      const { id } = await start(world, first, asking({ fallback, amount: 1, unit: 'hours' }));
      await pendingOf(world, 1);
      await first.stop();
      world.timers.advance(3_600_001);
      const service = serviceOn(world);
      await service.resumeAll();
      await until(async () => {
        world.timers.advance(1);
        return isRunOver((await service.detail(id)).run.state) ? true : null;
      });
      const detail = await over(service, id);
      expect([detail.run.state, detail.outputs]).toEqual([state, outputs]);
      expect(await world.store.count(approvals, { state: 'expired' })).toBe(1);
    },
  );

  test('F8: a run that is cancelled asks nobody any more, nor does a step that ran out of its own time', async () => {
    const world = createWorld();
    const service = serviceOn(world);
    const { id } = await start(world, service, asking());
    const [asked] = await pendingOf(world, 1);
    await service.cancel(id);
    expect(await service.decide(decisionOn(asked ?? expect.fail(), true))).toBe(false);
    const timed = await start(world, service, asking({}, { timeoutSeconds: 1 }));
    await pendingOf(world, 1);
    world.timers.advance(1_000);
    expect((await over(service, timed.id)).run.error).toMatchObject({ code: 'step_timeout' });
    expect(await world.store.count(approvals, { state: 'withdrawn' })).toBe(2);
    expect(await world.store.count(holds, {})).toBe(0);
  });

  test('F8: inside a Map each item asks for itself, is found by its path, and goes on alone', async () => {
    const world = createWorld();
    const service = serviceOn(world);
    const { id } = await start(world, service, askingEach(['a', 'b', 'c']));
    const asked = (await pendingOf(world, 3)).toSorted((one, other) => (one.path < other.path ? -1 : 1));
    expect(asked.map(({ path, question, shown }) => [path, question, shown])).toEqual([
      ['each[0]', 'a?', 'a'],
      ['each[1]', 'b?', 'b'],
      ['each[2]', 'c?', 'c'],
    ]);
    for (const row of asked) await service.decide(decisionOn(row, row.path !== 'each[1]'));
    await until(async () => {
      world.timers.advance(1_000);
      return isRunOver((await service.detail(id)).run.state) ? true : null;
    });
    expect((await over(service, id)).outputs).toEqual({ all: ['a', 'c'] });
  });

  test('F8: 10,000 steps wait with one timer, and little memory each', async () => {
    const world = createWorld();
    let timers = 0;
    const { after } = world.timers;
    world.timers.after = (ms, task) => {
      timers += 1;
      const cancel = after(ms, () => {
        timers -= 1;
        task();
      });
      return () => {
        timers -= 1;
        cancel();
      };
    };
    const service = serviceOn(world);
    const words = Array.from({ length: 1_000 }, (_, index) => `w${index}`);
    const started = [];
    for (let index = 0; index < 10; index += 1) started.push(await start(world, service, askingEach(words)));
    await until(async () => ((await world.store.count(approvals, { state: 'pending' })) === 10_000 ? true : null));
    await turn();
    expect(timers).toBeLessThan(5);
    await Promise.all(started.map(({ id }) => service.cancel(id)));
    expect(await world.store.count(approvals, { state: 'withdrawn' })).toBe(10_000);
    expect(await world.store.count(holds, {})).toBe(0);
  }, 60_000);
});

describe('F2: kills', () => {
  /** Asks for two words one after the other, waits, and runs another flow that waits too. */
  const whole = () => {
    const file = askingEach(['a', 'b'], 1);
    return {
      ...file,
      steps: [
        ...file.steps,
        step('below', 'sub_flow', { flowId: 'flow-below', inputs: [{ name: 'words' }], outputs: [{ name: 'got' }] }),
        step('got', 'output', { name: 'got' }),
      ],
      edges: [...file.edges, wire('each.results', 'below.words'), wire('below.got', 'got.value')],
    };
  };
  const below = flow(
    [
      step('words', 'input', { name: 'words', type: 'json', value: null }),
      step('pause', 'wait', { amount: 5, unit: 'minutes' }),
      step('out', 'output', { name: 'got' }),
    ],
    [wire('words.value', 'pause.value'), wire('pause.value', 'out.value')],
  );

  /** Decides whatever is asked, and lets time pass, until the run is over or the store is dead. */
  async function carryOn(world: World, service: RunService, runId: string, isDead: () => boolean): Promise<boolean> {
    for (let turns = 0; turns < 5_000 && !isDead(); turns += 1) {
      for (const row of await world.store.list(approvals, { where: { state: 'pending' } }))
        void service.decide(decisionOn(row, true)).catch(() => undefined);
      world.timers.advance(30_000);
      await turn();
      const row = await world.store.get(runs, { id: runId });
      if (row !== null && isRunOver(row.state)) return true;
    }
    return false;
  }

  test('F2, F8: killed at any commit, before or after it, a run that waits ends as without faults, and asks nobody twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 25 }), fc.boolean()), { minLength: 1, maxLength: 4 }),
        async (deaths) => {
          const world = createWorld();
          await addFlow(world, 'flow-below', below);
          const file = whole();
          const { version } = await frozen(world.store, 'flow-top', file);
          let runId = '';
          for (const [dieAt, afterwards] of deaths) {
            const dying = dyingStore(world.store, dieAt, afterwards);
            const service = serviceOn(world, dying.store);
            const what = { workspaceId: 'ws-1', flowId: 'flow-top', version, file, inputs: {}, startedBy: 'Ana' };
            await service.resumeAll().catch(() => undefined);
            if (runId === '') runId = (await service.start(what).catch(() => null))?.id ?? '';
            // What was written without an answer goes on too; it is found in the store.
            if (runId === '') runId = (await world.store.list(runs, { where: { flowId: 'flow-top' } }))[0]?.id ?? '';
            if (runId !== '') await carryOn(world, service, runId, dying.dead);
            const stopped = service.stop();
            world.timers.advance(60_000);
            await stopped;
          }
          const service = serviceOn(world);
          await service.resumeAll();
          if (runId === '') runId = (await start(world, service, file, 'flow-top')).id;
          expect(await carryOn(world, service, runId, () => false)).toBe(true);
          const { run, outputs } = await over(service, runId);
          expect([run.state, outputs]).toEqual(['succeeded', { all: ['a', 'b'], got: ['a', 'b'] }]);
          const asked = await world.store.list(approvals, { where: { runId } });
          expect(asked.map(({ path, state }) => [path, state]).sort()).toEqual([
            ['each[0]', 'approved'],
            ['each[1]', 'approved'],
          ]);
          const children = (await world.store.list(runs, {})).filter((row) => row.parent?.runId === runId);
          expect(children).toHaveLength(1);
          expect(await world.store.count(holds, { runId })).toBe(0);
          await service.stop();
        },
      ),
      { numRuns: 40 },
    );
  }, 120_000);
});

describe('Sub-flow', () => {
  const calls = (flowId: string, config = {}) =>
    flow([step('call', 'sub_flow', { flowId, ...config }), step('after', 'input', { name: 'x', value: 'x' })], []);
  const waiting = flow([step('w', 'wait', { amount: 1, unit: 'days' })], []);

  test('the run below and the run above name each other', async () => {
    const world = createWorld();
    const service = serviceOn(world);
    await addFlow(world, 'flow-b', flow([step('i', 'input', { name: 'i', value: '1' })], []));
    const { id } = await start(world, service, calls('flow-b'), 'flow-a');
    await over(service, id);
    const { childRunId } = (await service.step(id, 'call', '')).instance;
    const child = (await service.detail(childRunId ?? '')).run;
    expect(child).toMatchObject({
      flowId: 'flow-b',
      startedBy: 'Ana',
      parent: { runId: id, stepId: 'call', path: '' },
    });
    expect(child.trigger).toEqual({ kind: 'flow', stepId: 'call' });
  });

  test('J3: a run that is cancelled takes those below with it', async () => {
    const world = createWorld();
    const service = serviceOn(world);
    await addFlow(world, 'flow-b', calls('flow-c'));
    await addFlow(world, 'flow-c', waiting);
    const { id } = await start(world, service, calls('flow-b'), 'flow-a');
    await until(async () => ((await world.store.count(holds, {})) === 3 ? true : null));
    await service.cancel(id);
    await until(async () => ((await world.store.count(runs, { state: 'cancelled' })) === 3 ? true : null));
    expect(await world.store.count(holds, {})).toBe(0);
  });

  test('F4: a failure below comes up in words, and says which run', async () => {
    const world = createWorld();
    const service = serviceOn(world);
    await addFlow(
      world,
      'flow-b',
      flow(
        [
          step('w', 'wait', { mode: 'until', until: '{{ inputs.t }}' }),
          step('t', 'input', { name: 't', value: 'never' }),
        ],
        [],
      ),
    );
    const { id } = await start(world, service, calls('flow-b'), 'flow-a');
    const { run } = await over(service, id);
    expect(run.error?.code).toBe('time_wrong');
    expect(run.error?.message).toMatch(/^call: Run 2: w: /);
  });

  test('F2: a full disk holds back a run below, and fails nobody', async () => {
    const world = createWorld();
    let refused = 0;
    const full: Store = {
      ...world.store,
      async commit(changes) {
        const isBelow = changes.some(
          (change) => change.op === 'put' && 'parent' in change.row && change.row.parent !== null,
        );
        if (isBelow && refused < 3) {
          refused += 1;
          throw new AppError('disk_full');
        }
        await world.store.commit(changes);
      },
    };
    const service = serviceOn(world, full);
    await addFlow(world, 'flow-b', flow([step('i', 'input', { name: 'i', value: '1' })], []));
    const { id } = await start(world, service, calls('flow-b'), 'flow-a');
    await until(async () => {
      world.timers.advance(1_000);
      return refused === 3 && isRunOver((await service.detail(id)).run.state) ? true : null;
    });
    expect((await service.detail(id)).run.state).toBe('succeeded');
    expect(await world.store.count(runs, {})).toBe(2);
    await service.stop();
  });

  test('S10: no flow runs itself, straight or by others, none of another workspace, and not more than eight deep', async () => {
    const world = createWorld();
    const service = serviceOn(world);
    await addFlow(world, 'flow-a', calls('flow-b'));
    await addFlow(world, 'flow-b', calls('flow-a'));
    const codeOf = async (file: FlowFile, flowId: string) =>
      (await over(service, (await start(world, service, file, flowId)).id)).run.error?.code;
    expect(await codeOf(calls('flow-a'), 'flow-a')).toBe('flow_cyclic');
    expect(await codeOf(calls('flow-b'), 'flow-a')).toBe('flow_cyclic');
    await addFlow(world, 'flow-foreign', waiting, 'ws-2');
    expect(await codeOf(calls('flow-foreign'), 'flow-a')).toBe('not_found');
    for (let index = 0; index < 12; index += 1) await addFlow(world, `flow-d${index}`, calls(`flow-d${index + 1}`));
    expect(await codeOf(calls('flow-d0'), 'flow-a')).toBe('flow_too_large');
  });
});

describe('so many runs at once', () => {
  const limited = (whenBusy: string, maxRuns = 2): FlowFile => ({
    ...flow([step('w', 'wait', { amount: 1, unit: 'minutes' })], []),
    settings: { maxRuns, whenBusy },
  });
  const states = async (world: World) =>
    (await world.store.list(runs, {})).toSorted((one, other) => one.number - other.number).map(({ state }) => state);

  test('F4: those above the bound wait in line, in their order, also over a restart', async () => {
    const world = createWorld();
    const first = serviceOn(world);
    for (let index = 0; index < 5; index += 1) await start(world, first, limited('wait'), 'flow-a');
    expect(await states(world)).toEqual(['running', 'running', 'waiting', 'waiting', 'waiting']);
    await until(async () => ((await world.store.count(holds, {})) === 2 ? true : null));
    await first.stop();
    const service = serviceOn(world);
    await service.resumeAll();
    const [, , third] = (await service.list('ws-1', {})).items;
    await service.cancel(third?.id ?? '');
    const soon = async (expected: string[]) => {
      await until(async () => ((await states(world)).join() === expected.join() ? true : null));
    };
    await soon(['running', 'running', 'cancelled', 'waiting', 'waiting']);
    await until(async () => {
      world.timers.advance(60_000);
      return (await world.store.count(runs, { state: 'succeeded' })) === 4 ? true : null;
    });
    const ended = (await world.store.list(runs, { where: { state: 'succeeded' } })).toSorted(
      (one, other) => (one.finishedAt ?? 0) - (other.finishedAt ?? 0) || one.number - other.number,
    );
    expect(ended.map(({ number }) => number)).toEqual([1, 2, 4, 5]);
  });

  test('F4: a flow may refuse, or give up its oldest run', async () => {
    const world = createWorld();
    const service = serviceOn(world);
    await start(world, service, limited('refuse', 1), 'flow-a');
    await expect(start(world, service, limited('refuse', 1), 'flow-a')).rejects.toMatchObject({ code: 'flow_busy' });
    await Promise.all([1, 2, 3].map(() => start(world, service, limited('cancel_oldest', 2), 'flow-b')));
    expect(await states(world)).toEqual(['running', 'cancelled', 'running', 'running']);
  });

  test('F2: whatever comes in whatever order, never more go on than allowed, and in the end all have run', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.constantFrom('start', 'cancel', 'time', 'restart'), { minLength: 1, maxLength: 20 }),
        async (most, acts) => {
          const world = createWorld();
          let service = serviceOn(world);
          for (const act of acts) {
            const open = (await world.store.list(runs, {})).filter(({ state }) => !isRunOver(state));
            if (act === 'start') await start(world, service, limited('wait', most), 'flow-a');
            if (act === 'cancel' && open.length > 0) await service.cancel(open.at(-1)?.id ?? '').catch(() => undefined);
            if (act === 'time') world.timers.advance(60_000);
            if (act === 'restart') {
              const stopped = service.stop();
              world.timers.advance(1);
              await stopped;
              service = serviceOn(world);
              await service.resumeAll();
            }
            await turn();
            expect(await world.store.count(runs, { state: 'running' })).toBeLessThanOrEqual(most);
          }
          await until(async () => {
            world.timers.advance(60_000);
            await turn();
            return (await world.store.list(runs, {})).every(({ state }) => isRunOver(state)) ? true : null;
          });
          await service.stop();
        },
      ),
      { numRuns: 30 },
    );
  }, 60_000);
});

test('F1: what a step waited for stands in its row afterwards', async () => {
  const world = createWorld();
  const service = serviceOn(world);
  const { id } = await start(world, service, asking());
  const [asked] = await pendingOf(world, 1);
  await service.decide(decisionOn(asked ?? expect.fail(), true));
  await over(service, id);
  const row = await world.store.get(steps, { runId: id, stepId: 'ask', path: '' });
  expect(row).toMatchObject({ state: 'succeeded', marks: { held: { approvalId: asked?.id } } });
});
