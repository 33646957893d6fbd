import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FlowFile } from '../../../shared/model/flow.ts';
import type { RunSummary, StepInstance } from '../../../shared/model/run.ts';
import { type TimelineInput, ticksOf, timelineByNode, timelineByStep } from './timeline.ts';

const run: RunSummary = {
  id: 'run-1',
  workspaceId: 'ws-1',
  flowId: 'flow-1',
  flowName: 'Read',
  versionId: 'ver-1',
  number: 1,
  state: 'running',
  startedBy: null,
  createdAt: 1000,
  finishedAt: null,
  progress: { total: 4, done: 1, failed: 0 },
  workers: {},
  weave: [],
};
const at = { x: 0, y: 0 };
const file: FlowFile = {
  schema: 'otherthing.flow/1',
  name: 'Read',
  groups: [],
  notes: [],
  settings: {},
  steps: [
    { id: 'table', type: 'output', name: 'Table', position: at, config: {} },
    { id: 'each', type: 'map', name: 'Each', position: at, config: {} },
    { id: 'read', type: 'ocr', name: 'Read', parent: 'each', position: at, config: {} },
    { id: 'input', type: 'input', name: 'Receipts', position: at, config: {} },
  ],
  edges: [
    { id: 'a', from: { step: 'input', port: 'out' }, to: { step: 'each', port: 'items' } },
    { id: 'b', from: { step: 'each', port: 'results' }, to: { step: 'table', port: 'rows' } },
  ],
};
const item = (index: number, nodeId: string, from: number, to: number): StepInstance => ({
  runId: 'run-1',
  stepId: 'read',
  path: `each[${index}]`,
  state: 'succeeded',
  jobId: `job-${index}`,
  nodeId,
  readyAt: 1000,
  startedAt: from,
  finishedAt: to,
});
const input = (inner: readonly StepInstance[], more: Partial<TimelineInput> = {}): TimelineInput => ({
  run,
  file,
  steps: [{ runId: 'run-1', stepId: 'input', path: '', state: 'succeeded', startedAt: 1000, finishedAt: 1200 }],
  inner: new Map([['each', inner]]),
  tried: [],
  now: 9000,
  ...more,
});

describe('interface.md runs: a run is a timeline', () => {
  test('steps stand in the order in which they follow each other', () => {
    expect(timelineByStep(input([])).map((row) => row.stepId)).toEqual(['input', 'each', 'table']);
  });

  test('a Map has one lane a node and one bar an item', () => {
    const rows = timelineByStep(
      input([item(0, 'node-a', 1500, 2500), item(1, 'node-b', 1500, 3000), item(2, 'node-a', 2500, 3500)]),
    );
    const lanes = rows[1]?.lanes ?? [];
    expect(lanes.map((lane) => [lane.nodeId, lane.bars.length, lane.tracks])).toEqual([
      ['node-a', 2, 1],
      ['node-b', 1, 1],
    ]);
    expect(lanes[0]?.bars[0]).toMatchObject({ from: 500, to: 1500, path: 'each[0]', look: 'done' });
  });

  test('an attempt on a lost node stays in that node’s lane', () => {
    const attempts = [
      { number: 1, nodeId: 'node-b', fence: '1', assignedAt: 2000, finishedAt: 4000, outcome: 'lost' as const },
      { number: 2, nodeId: 'node-a', fence: '2', assignedAt: 4000, finishedAt: 5000, outcome: 'succeeded' as const },
    ];
    const tried = [{ stepId: 'read', path: 'each[0]', attempts }];
    const lanes = timelineByStep(input([item(0, 'node-a', 4000, 5000)], { tried }))[1]?.lanes ?? [];
    expect(lanes.map((lane) => [lane.nodeId, lane.bars[0]?.look])).toEqual([
      ['node-b', 'lost'],
      ['node-a', 'done'],
    ]);
  });

  test('by node, everything that a node did is in its lane, and the host comes last', () => {
    const lanes = timelineByNode(input([item(0, 'node-a', 1500, 2500)]));
    expect(lanes.map((lane) => lane.nodeId)).toEqual(['node-a', null]);
  });

  test('bars of one track never overlap', () => {
    const times = fc.array(fc.tuple(fc.integer({ min: 1000, max: 9000 }), fc.integer({ min: 0, max: 3000 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(times, (spans) => {
        const inner = spans.map(([from, length], index) => item(index, 'node-a', from, from + length));
        const lane = timelineByStep(input(inner))[1]?.lanes[0];
        for (const one of lane?.bars ?? []) {
          for (const other of lane?.bars ?? []) {
            if (one !== other && one.track === other.track)
              expect(one.to <= other.from || other.to <= one.from).toBe(true);
          }
        }
      }),
    );
  });

  test('the axis has at most nine round marks, whatever the length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400_000_000 }), (length) => {
        const ticks = ticksOf(length);
        expect(ticks[0]).toBe(0);
        expect(ticks.length).toBeLessThanOrEqual(9);
        expect(ticks.at(-1)).toBeLessThanOrEqual(length);
      }),
    );
    expect(ticksOf(161_000)).toEqual([0, 30_000, 60_000, 90_000, 120_000, 150_000]);
  });
});
