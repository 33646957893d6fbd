import { expect, test } from 'vitest';
import type { StepInstance } from '../../../shared/model/run.ts';
import { attemptRows } from './attempts.ts';

const item = (index: number, more: Partial<StepInstance> = {}): StepInstance => ({
  runId: 'run-1',
  stepId: 'read',
  path: `each[${index}]`,
  state: 'succeeded',
  jobId: `job-${index}`,
  nodeId: 'node-a',
  readyAt: 0,
  startedAt: 100,
  finishedAt: 1100,
  ...more,
});

test('interface.md runs: attempts of note are those that failed, were tried again, or took twice the usual time', () => {
  const steps = [
    item(0),
    item(1, { state: 'failed' }),
    item(2, { attempts: 2 }),
    item(3, { finishedAt: 3000 }),
    item(4),
    item(5),
  ];
  expect(attemptRows(steps, 9000).map((row) => row.note)).toEqual([null, 'failed', 'again', 'slow', null, null]);
});

test('interface.md runs: items stand in their own order, with their time in line and at work', () => {
  const rows = attemptRows([item(10), item(2), { ...item(1), startedAt: 400, finishedAt: 500 }], 9000);
  expect(rows.map((row) => [row.step.path, row.inLine, row.ran])).toEqual([
    ['each[1]', 400, 100],
    ['each[2]', 100, 1000],
    ['each[10]', 100, 1000],
  ]);
});

test('interface.md runs: what the host did itself is no attempt', () => {
  const { jobId: _job, nodeId: _node, ...inline } = item(0);
  expect(attemptRows([inline], 9000)).toEqual([]);
});
