import { expect, test } from 'vitest';
import type { FlowFile } from '../shared/model/flow.ts';
import type { RunSummary, StepInstance } from '../shared/model/run.ts';
import { duration, tellRun } from './run-progress.ts';

const step = (stepId: string, state: StepInstance['state'], more: Partial<StepInstance> = {}): StepInstance => ({
  runId: 'run-1',
  stepId,
  path: '',
  state,
  ...more,
});

test('a run is told in lines: each change once, items inside a Map only as a number', () => {
  const file = { steps: [{ id: 'pages', name: 'Each page' }] } as unknown as FlowFile;
  const lines: string[] = [];
  const watcher = tellRun(
    file,
    (id) => `machine ${id}`,
    (line) => lines.push(line),
  );
  watcher.onSteps([step('pages', 'waiting'), step('total', 'waiting')]);
  watcher.onSteps([step('pages', 'running')]);
  watcher.onSteps([step('pages', 'running', { items: { total: 2, done: 1, failed: 0, running: 1 } })]);
  watcher.onSteps([step('read', 'succeeded', { path: 'pages[0]' })]);
  watcher.onRun({ state: 'running', progress: { done: 1, total: 3, failed: 0 } } as RunSummary);
  watcher.onRun({ state: 'running', progress: { done: 1, total: 3, failed: 0 } } as RunSummary);
  const times = { startedAt: 1000, finishedAt: 1340 };
  watcher.onSteps([step('pages', 'succeeded', { ...times, items: { total: 2, done: 1, failed: 1, running: 0 } })]);
  const error = { code: 'script_failed', message: 'it threw' };
  watcher.onSteps([step('total', 'failed', { nodeId: 'node-1', error }), step('table', 'skipped')]);
  expect(lines).toEqual([
    '  › Each page',
    '  … 1 of 3 done',
    '  ✓ Each page · 1 of 2, 1 failed · 340 ms',
    '  ✗ total · on machine node-1 · script_failed: it threw',
    '  – table · skipped',
  ]);
});

test('F8: a run says what it waits for, also inside Maps, and when it is in line', () => {
  const lines: string[] = [];
  const watcher = tellRun({ steps: [{ id: 'ask', name: 'Ask' }] } as unknown as FlowFile, String, (line) =>
    lines.push(line),
  );
  watcher.onRun({ state: 'waiting', progress: { done: 0, total: 0, failed: 0 } } as RunSummary);
  const asking = step('ask', 'awaiting_approval', { path: 'each[2]', approvalId: 'apr-1' });
  watcher.onSteps([asking]);
  watcher.onSteps([asking, step('ask', 'running', { waitsUntil: 0 })]);
  expect(lines).toEqual([
    '  … in line: as many runs of this flow go on as it allows',
    '  ? Ask at each[2] waits for an approval: otherthing approve apr-1',
    '  › Ask waits until 1970-01-01T00:00:00.000Z',
  ]);
});

test.each([
  [7, '7 ms'],
  [4_210, '4.2 s'],
  [200_000, '3 min 20 s'],
])('%i ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});
