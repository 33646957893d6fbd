import { expect, test } from 'vitest';
import { createIdSource } from '../../shared/ids.ts';
import { type FlowFile, flowSchemaId } from '../../shared/model/flow.ts';
import { createMemoryStore } from '../store/memory.ts';
import { type Change, put, type Store } from '../store/store.ts';
import { flowVersions } from '../store/tables.ts';
import { systemTimers } from '../timers.ts';
import { createRunService } from './run-service.ts';

const clock = { now: () => Date.now() };
const never = () => Promise.reject(new Error('Inline steps make no jobs'));

/** An Input and Templates that each take the text before. */
function line(count: number): FlowFile {
  const position = { x: 0, y: 0 };
  const steps = Array.from({ length: count }, (_, index) =>
    index === 0
      ? { id: 's0', type: 'input', name: 'In', position, config: { name: 'text', type: 'text', value: 'hello' } }
      : {
          ...{ id: `s${index}`, type: 'template', name: `Step ${index}`, position },
          config: { text: '{{ value }}', inputs: [{ name: 'value' }] },
        },
  );
  const edges = steps.slice(1).map(({ id }, index) => ({
    id: `e${index}`,
    from: { step: `s${index}`, port: index === 0 ? 'value' : 'text' },
    to: { step: id, port: 'value' },
  }));
  return { schema: flowSchemaId, name: 'Line', steps, edges, groups: [], notes: [], settings: {} };
}

/** What is written for a run of so many steps: rows, and characters of JSON. */
async function writtenFor(count: number): Promise<{ rows: number; characters: number }> {
  const plain = createMemoryStore();
  const changes: Change[] = [];
  const store: Store = {
    ...plain,
    commit(given) {
      changes.push(...given);
      return plain.commit(given);
    },
  };
  const file = line(count);
  const version = {
    ...{ id: 'ver-1', flowId: null, number: 1, name: null, hash: '0'.repeat(64), authorName: null, createdAt: 0 },
    automatic: false,
  };
  await plain.commit([put(flowVersions, { ...version, workspaceId: 'ws-1', file })]);
  let ended: () => void = () => undefined;
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const service = createRunService({
    store,
    jobs: {
      ...{ submit: never, get: never, cancel: never, cancelRun: never },
      onFinished: () => () => undefined,
      onStarted: () => () => undefined,
    },
    blobs: { put: never, open: never },
    live: {
      position: () => ({ epoch: '', seq: 0 }),
      publish: (_workspace, _topic, event) => {
        if (event.kind === 'run.changed' && event.run.state === 'succeeded') ended();
      },
    },
    clock,
    timers: systemTimers,
    ids: createIdSource(clock, Math.random),
    unexpected: (error) => {
      throw error;
    },
  });
  await service.start({ workspaceId: 'ws-1', flowId: null, version, file, inputs: {}, startedBy: null });
  await end;
  await service.stop();
  return { rows: changes.length, characters: JSON.stringify(changes).length };
}

test('F3: what a run writes grows linearly with its steps; no step rewrites what earlier ones wrote', async () => {
  const [short, long] = [await writtenFor(50), await writtenFor(500)];
  expect(long.rows).toBeLessThanOrEqual(short.rows * 10 * 1.1);
  expect(long.characters).toBeLessThanOrEqual(short.characters * 10 * 1.1);
});
