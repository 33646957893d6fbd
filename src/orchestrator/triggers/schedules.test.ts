import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { type FlowFile, flowSchemaId } from '../../shared/model/flow.ts';
import type { RunSummary } from '../../shared/model/run.ts';
import type { FlowService, RunService } from '../services.ts';
import { createMemoryStore } from '../store/memory.ts';
import { put, type Store } from '../store/store.ts';
import { flows, runs, settings, triggerSteps, workspaces } from '../store/tables.ts';
import { createManualTimers, type ManualTimers } from '../timers.ts';
import { createTriggers, type TriggerDeps } from './triggers.ts';

const ana = { userId: 'usr-1', name: 'Ana' };
const file = (missed: string, cron = '* * * * *'): FlowFile => ({
  schema: flowSchemaId,
  name: 'F',
  steps: [
    {
      ...{ id: 'every', type: 'schedule', name: 'Every minute', position: { x: 0, y: 0 } },
      config: { cron, zone: 'UTC', missed },
    },
  ],
  edges: [],
  groups: [],
  notes: [],
  settings: {},
});
const version = { id: 'ver-1', flowId: 'flow-1', number: 1, name: null, hash: 'x', authorName: null, createdAt: 0 };

async function createWorld(): Promise<Store> {
  const store = createMemoryStore();
  const flow = { id: 'flow-1', workspaceId: 'ws-1', name: 'F', steps: 1, picture: { boxes: [], lines: [] } };
  const workspace = { id: 'ws-1', name: 'W', createdAt: 0, archived: false, shareKey: '', shareKeyEnabled: true };
  await store.commit([
    put(flows, { ...flow, sample: null, createdAt: 0, updatedAt: 0, deletedAt: null }),
    put(workspaces, { ...workspace, approveNodes: true, runNumber: 0 } as never),
  ]);
  return store;
}

/** A host's triggers; a run is one row, durable with what comes alongside. */
function hostOn(store: Store, timers: ManualTimers, missed = 'skip', refuse = false, cron = '* * * * *') {
  const flowService: Partial<FlowService> = {
    freeze: async () => ({ version, file: file(missed, cron) }),
    versionFile: async () => ({ version, file: file(missed, cron) }),
    file: async () => file(missed, cron),
    summary: async () => ({ workspaceId: 'ws-1' }) as never,
  };
  const runService: Partial<RunService> = {
    async start({ trigger, alongside = [] }) {
      if (refuse) throw new AppError('flow_busy');
      await store.commit([
        put(settings, { name: `run-${trigger?.at}-${Math.random()}`, value: trigger?.at }),
        ...alongside,
      ]);
      return {} as RunSummary;
    },
  };
  return createTriggers({
    ...{ store, timers, clock: timers, hub: { publish: () => undefined } },
    flows: flowService as TriggerDeps['flows'],
    runs: runService as TriggerDeps['runs'],
    token: () => 'token',
    secret: async () => null,
    unexpected: (error) => {
      if ((error as Error).message !== 'killed') throw error;
    },
  });
}

const settle = async () => {
  for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate);
};
const times = async (store: Store) =>
  (await store.list(settings, {})).map(({ value }) => Number(value)).sort((one, other) => one - other);

test('F2: a host that is killed at any commit starts no run twice for one time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.boolean(), fc.integer({ min: 0, max: 200_000 })), {
        minLength: 1,
        maxLength: 5,
      }),
      fc.constantFrom('skip', 'once'),
      async (lives, missed) => {
        const store = await createWorld();
        const timers = createManualTimers();
        const first = hostOn(store, timers, missed);
        await first.set('flow-1', ana, { enabled: true });
        await first.stop();
        for (const [commits, afterwards, off] of lives) {
          let left = commits;
          const dying: Store = {
            ...store,
            async commit(changes) {
              left -= 1;
              if (left > 0 || (left === 0 && afterwards)) await store.commit(changes);
              if (left <= 0) throw new Error('killed');
            },
          };
          const host = hostOn(dying, timers, missed);
          await host.resume();
          for (let minute = 0; minute < 8; minute += 1) {
            timers.advance(20_000);
            await settle();
          }
          await host.stop();
          timers.advance(off);
        }
        const fired = await times(store);
        expect(new Set(fired).size).toBe(fired.length);
        expect(fired.every((time) => time % 60_000 === 0)).toBe(true);
        expect(await store.count(runs, {})).toBe(0);
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);

test('after a long time off the policy decides: no run, or one for all that was missed', async () => {
  const fired = async (missed: string) => {
    const store = await createWorld();
    const timers = createManualTimers(Date.UTC(2027, 0, 15, 8, 30));
    const first = hostOn(store, timers, missed, false, '0 * * * *');
    await first.set('flow-1', ana, { enabled: true });
    await first.stop();
    timers.advance(10 * 86_400_000);
    const host = hostOn(store, timers, missed, false, '0 * * * *');
    await host.resume();
    timers.advance(1);
    await settle();
    await host.stop();
    return await times(store);
  };
  expect([await fired('skip'), await fired('once')]).toEqual([[], [Date.UTC(2027, 0, 25, 8)]]);
});

test('a run that is refused is told to people once, and the time is over with it', async () => {
  const store = await createWorld();
  const timers = createManualTimers();
  const host = hostOn(store, timers, 'skip', true);
  await host.set('flow-1', ana, { enabled: true });
  timers.advance(60_000);
  await settle();
  const { problem } = await host.get('flow-1', true);
  expect(problem?.code).toBe('flow_busy');
  const row = await store.get(triggerSteps, { flowId: 'flow-1', stepId: 'every' });
  expect(row?.since).toBe(Math.floor(timers.now() / 60_000) * 60_000);
  await host.set('flow-1', ana, { enabled: false });
  timers.advance(600_000);
  await settle();
  expect((await host.get('flow-1', true)).triggers[0]).toMatchObject({ nextAt: null });
  await host.stop();
});
