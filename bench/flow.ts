import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRunService } from '../src/orchestrator/flows/run-service.ts';
import { createSqliteStore } from '../src/orchestrator/store/sqlite.ts';
import { put, type Store } from '../src/orchestrator/store/store.ts';
import { flowVersions } from '../src/orchestrator/store/tables.ts';
import { systemTimers } from '../src/orchestrator/timers.ts';
import { createLogger } from '../src/platform/log.ts';
import { systemClock } from '../src/shared/clock.ts';
import { createIdSource } from '../src/shared/ids.ts';
import { type FlowFile, flowSchemaId } from '../src/shared/model/flow.ts';
import { median, report } from './report.ts';

const mostMicroseconds = 50;
const mostGrowth = 1.1;
const atOnce = 32;

/** Runs of inline steps in a line on the real store, every step durable before its effect can be seen. */
export async function benchFlow(times: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'otherthing-bench-flow-'));
  const store = await createSqliteStore({
    folder,
    clock: systemClock,
    log: createLogger({ name: 'bench', level: 'error' }),
  });
  try {
    await costOfStep(store, 100, 50);
    const costs: { short: number[]; growth: number[] } = { short: [], growth: [] };
    for (let round = 0; round < times; round += 1) {
      const short = await costOfStep(store, 100, 1_000);
      costs.short.push(short);
      costs.growth.push((await costOfStep(store, 1_000, 100)) / short);
    }
    const notes = `inline steps in a line, ${atOnce} runs at once, SQLite with FULL, median of ${times}`;
    report({
      bench: 'flow',
      value: median(costs.short),
      unit: 'µs/step',
      limit: mostMicroseconds,
      n: 100_000,
      notes: `100 ${notes}; at most ${mostMicroseconds} µs`,
    });
    report({
      bench: 'flow.linear',
      value: median(costs.growth),
      unit: '×',
      limit: mostGrowth,
      n: 100_000,
      notes: `1,000 in a line against 100, per step; at most ${mostGrowth}`,
    });
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Microseconds per step over so many runs. */
async function costOfStep(store: Store, steps: number, runs: number): Promise<number> {
  const file = line(steps);
  const version = {
    id: `ver-${steps}`,
    flowId: null,
    number: 1,
    name: null,
    hash: '0'.repeat(64),
    authorName: null,
    createdAt: 0,
  };
  await store.commit([put(flowVersions, { ...version, workspaceId: 'ws-1', file })]);
  const ended = new Map<string, () => void>();
  const service = createRunService({
    store,
    jobs: noJobs,
    blobs: noBlobs,
    live: {
      position: () => ({ epoch: '', seq: 0 }),
      publish: (_workspace, _topic, event) => {
        if (event.kind === 'run.changed' && event.run.state !== 'running') ended.get(event.run.id)?.();
      },
    },
    clock: systemClock,
    timers: systemTimers,
    ids: createIdSource(systemClock, Math.random),
    unexpected: (error) => {
      throw error;
    },
  });
  const one = async () => {
    const run = await service.start({ workspaceId: 'ws-1', flowId: null, version, file, inputs: {}, startedBy: null });
    await new Promise<void>((resolve) => ended.set(run.id, resolve));
  };
  let left = runs;
  const begun = performance.now();
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await one();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const took = performance.now() - begun;
  await service.stop();
  return (took * 1_000) / (steps * runs);
}

/** An Input, Templates that each take the text before, an Output. */
function line(count: number): FlowFile {
  const templates = Array.from({ length: count - 2 }, (_, index) => ({
    id: `t${index}`,
    type: 'template',
    name: `Step ${index}`,
    position: { x: index * 240, y: 0 },
    config: { text: '{{ value }}', inputs: [{ name: 'value' }] },
  }));
  const steps = [
    {
      id: 'in',
      type: 'input',
      name: 'In',
      position: { x: 0, y: 0 },
      config: { name: 'text', type: 'text', value: 'hello' },
    },
    ...templates,
    { id: 'out', type: 'output', name: 'Out', position: { x: 0, y: 240 }, config: { name: 'result', view: 'text' } },
  ];
  const portOf = (id: string) => (id === 'in' ? 'value' : 'text');
  const edges = steps.slice(1).map((to, index) => {
    const from = steps[index]?.id ?? 'in';
    return { id: `e${index}`, from: { step: from, port: portOf(from) }, to: { step: to.id, port: 'value' } };
  });
  return { schema: flowSchemaId, name: 'Line', steps, edges, groups: [], notes: [], settings: {} };
}

const never = () => Promise.reject(new Error('Inline steps make no jobs'));
const noJobs = {
  submit: never,
  get: never,
  cancel: never,
  cancelRun: never,
  onFinished: () => () => undefined,
  onStarted: () => () => undefined,
};
const noBlobs = { put: never, open: never };
