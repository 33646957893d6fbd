import { expect, test } from 'vitest';
import type { Requirements } from '../../shared/model/job.ts';
import { createDurations } from './durations.ts';
import { explain, explainNeed } from './explain.ts';
import { type Outlook, startsIn } from './forecast.ts';
import { node, nothing, now, room } from './scheduler.fixture.ts';
import type { Need, NodeView } from './snapshot.ts';

const quiet: Outlook = { running: [], ahead: [], now };
const needOf = (requires: Partial<Requirements> = {}): Need => ({
  workspaceId: 'ws-1',
  kind: 'script',
  requires: { cores: 1, ramMb: 256, ...requires },
});
const ask = (nodes: readonly NodeView[], requires: Partial<Requirements> = {}, backOff = 0, outlook = quiet) =>
  explain({ id: 'job-1', state: 'queued', nodeName: null, backOff, need: needOf(requires) }, nodes, outlook);

test.each<[string, Partial<NodeView>, Partial<Requirements>]>([
  ['fits: Could take it now', {}, {}],
  ['waits_for_approval: Waits for an admin to let it in', { workspaces: new Map([['ws-1', 'waits']]) }, {}],
  ['other_machine: Another machine is chosen', {}, { nodeId: 'node-other' }],
  ['excluded_machine: It must run on another machine than this', {}, { notNodeIds: ['a'] }],
  ['no_executor: Cannot do scripts', { executors: [] }, {}],
  ['tags_missing: Lacks the tag fast', { tags: ['big'] }, { tags: ['fast', 'big'] }],
  ['model_missing: Does not have the model qwen', {}, { model: 'qwen' }],
  ['cores_not_shared: Shares 4 cores; 8 needed', {}, { cores: 8 }],
  ['ram_not_shared: Shares 4 GB of memory; 8 GB needed', {}, { ramMb: 8192 }],
  ['storage_not_shared: Shares 0 GB of storage; 2 GB needed', {}, { storageMb: 2048 }],
  ['no_gpu: Shares no GPU', { shared: room(4, 4096, [0]) }, { gpuMemoryMb: 1 }],
  ['paused: Paused by its owner', { presence: 'paused' }, {}],
  [
    "paused: Outside its owner's hours; shared again in 2 h",
    { presence: 'paused', pause: { reason: 'hours', until: now + 7_200_000 } },
    {},
  ],
  ['cores_taken: Busy: 0.5 cores free, 1 needed', { taken: room(3.5, 0) }, {}],
])('explain: %s', (expected, fields, requires) => {
  const [answer] = ask([node('a', fields)], requires).nodes;
  expect(`${answer?.code}: ${answer?.reason}`).toBe(expected);
});

test('explain: one sentence names what is needed and what each node has', () => {
  const gpuNode = (name: string, mb: number, fields: Partial<NodeView> = {}) =>
    node(name, { shared: room(8, 8192, [mb]), ...fields });
  const pool = [gpuNode('ana-pc', 8 * 1024), gpuNode('office-2', 24 * 1024, { presence: 'paused' })];
  const told = ask(pool, { gpuMemoryMb: 12 * 1024 });
  expect(told.summary).toBe('Waits: needs 12 GB GPU memory; office-2 is paused, ana-pc has 8 GB');
  expect(told.nodes[1]).toMatchObject({ needs: 12 * 1024, has: 8 * 1024, lasting: true, waitSeconds: null });
  expect(ask([node('free')]).summary).toBe('Next in line');
  expect(ask([node('free')], {}, 1_500)).toMatchObject({ summary: 'Tried again in 2 s', expectedSeconds: 1.5 });
  expect(ask([]).summary).toBe('No node serves this workspace yet');
  expect(ask([node('gone', { presence: 'lost' })]).summary).toBe('Waits: gone is lost');
  const elsewhere = node('elsewhere', { workspaces: new Map([['ws-2', 'serves']]) });
  expect(ask([elsewhere])).toMatchObject({ nodes: [], summary: 'No node serves this workspace yet' });
  expect(explainNeed(needOf(), [node('free')], quiet).summary).toBe('free can take it now');
});

test('explain: the expected wait follows from what runs, what is before it, and how long such jobs take', () => {
  const busy = node('busy', { shared: room(1, 4096), taken: room(1, 256) });
  const running = (typicalMs: number | null, startedAt = now - 20_000) => ({
    ...{ nodeId: 'busy', requires: { cores: 1, ramMb: 256 }, gpu: null, typicalMs, startedAt },
  });
  const outlook = (typicalMs: number | null, ahead: Outlook['ahead'] = []) => ({
    ...quiet,
    running: [running(typicalMs)],
    ahead,
  });
  const told = ask([busy], {}, 0, outlook(60_000));
  expect(told).toMatchObject({ expectedSeconds: 40, summary: 'In line: needs 1 core; busy has 0 free; about 40 s' });
  expect(told.nodes[0]).toMatchObject({ waitSeconds: 40, lasting: false });
  expect(ask([busy], {}, 0, outlook(60_000, [{ cores: 1, typicalMs: 60_000 }])).expectedSeconds).toBe(100);
  // What runs longer than usual is taken to run half as long again; what nobody knows is not guessed.
  expect(ask([busy], {}, 0, outlook(10_000)).expectedSeconds).toBe(10);
  expect(ask([busy], {}, 0, outlook(null)).expectedSeconds).toBeNull();
  const opens = node('opens', { presence: 'paused', pause: { reason: 'hours', until: now + 30_000 } });
  expect(startsIn(needOf(), [busy, opens], outlook(60_000))).toBe(30);
});

test('explain: what would help, with how many nodes could then run it', () => {
  const small = node('small', { shared: room(2, 1024) });
  const paused = node('paused', { shared: room(16, 65_536), presence: 'paused' });
  const asked = ask([small, paused], { cores: 8, ramMb: 512, tags: [] });
  expect(asked.helps).toEqual([
    expect.objectContaining({ code: 'fewer_cores', text: 'Ask for 2 cores', nodes: 1, now: 1 }),
    { code: 'resume_node', text: 'Resume paused', nodes: 1, now: 1, nodeId: 'paused' },
  ]);
  expect(asked.helps[0]?.requires).toMatchObject({ cores: 2, ramMb: 512 });
  expect(ask([node('a')], { cores: 1 }).helps).toEqual([]);
  expect(ask([node('a')], { tags: ['office'] }).helps).toMatchObject([
    { code: 'fewer_tags', nodes: 1, now: 1 },
    { code: 'connect_node', text: 'Connect a node with the tag office' },
  ]);
  const waiting = node('new', { workspaces: new Map([['ws-1', 'waits']]) });
  expect(ask([waiting]).helps[0]).toMatchObject({ code: 'let_in_node', text: 'Let new in', nodeId: 'new', nodes: 1 });
  const gpu = node('gpu', { shared: room(4, 4096, [8_192]), taken: nothing([8_192]) });
  expect(ask([gpu], { gpuMemoryMb: 20_000 }).helps[0]).toMatchObject({ code: 'less_gpu_memory', nodes: 1 });
});

test('durations: the median of the narrowest sort that is known; bounded', () => {
  const durations = createDurations();
  const sort = (label: string) => ({ workspaceId: 'ws-1', kind: 'ocr', label });
  for (const ms of [100, 900, 200, 300, 250]) durations.note(sort('a'), ms);
  durations.note(sort('b'), 5_000);
  expect(durations.typical(sort('a'))).toBe(250);
  expect(durations.typical(sort('b'))).toBe(5_000);
  expect(durations.typical(sort('never seen'))).toBe(300);
  expect(durations.typical({ workspaceId: 'ws-2', kind: 'ocr' })).toBe(300);
  expect(durations.typical({ workspaceId: 'ws-2', kind: 'script' })).toBeNull();
  for (let index = 0; index < 5_000; index += 1) durations.note(sort(`label-${index}`), 1);
  expect(durations.typical(sort('a'))).toBe(1);
});
