import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lastingObstacle } from './fit.ts';
import { schedule, take } from './schedule.ts';
import {
  type Decision,
  inLine,
  type NodeView,
  type QueueView,
  type Room,
  type Snapshot,
  type WaitingJob,
} from './snapshot.ts';

const now = 10_000_000;
const node = (id: string, fields: Partial<NodeView> = {}): NodeView => ({
  id,
  name: id,
  presence: 'here',
  workspaces: new Map([
    ['ws-1', 'serves'],
    ['ws-2', 'serves'],
  ]),
  executors: ['script', 'ocr'],
  tags: [],
  shared: { cores: 4, ramMb: 4096, gpus: [] },
  taken: { cores: 0, ramMb: 0, gpus: [] },
  ...fields,
});
const job = (id: string, fields: Partial<WaitingJob> = {}): WaitingJob => ({
  id,
  priority: 0,
  createdAt: 9_000_000,
  ...fields,
});
const queue = (key: string, jobs: readonly WaitingJob[], need: Partial<QueueView['need']> = {}): QueueView => ({
  key,
  need: { workspaceId: 'ws-1', kind: 'script', requires: { cores: 1, ramMb: 256 }, ...need },
  jobs: jobs.toSorted(inLine),
});
const snapshot = (nodes: readonly NodeView[], queues: readonly QueueView[]): Snapshot => ({
  nodes,
  queues,
  use: new Map(),
});
const jobsNamed = (prefix: string, count: number, fields: Partial<WaitingJob> = {}) =>
  Array.from({ length: count }, (_, index) => job(`${prefix}-${String(index).padStart(4, '0')}`, fields));
const places = (decisions: readonly Decision[]) =>
  Object.fromEntries(decisions.map(({ jobId, nodeId }) => [jobId, nodeId]));

const anyNode = fc.record({
  presence: fc.constantFrom('here', 'here', 'here', 'paused', 'lost') as fc.Arbitrary<NodeView['presence']>,
  workspaces: fc.subarray(['ws-1', 'ws-2']).map((ids) => new Map(ids.map((id) => [id, 'serves' as const]))),
  executors: fc.subarray(['script', 'ocr']),
  tags: fc.subarray(['fast', 'big']),
  cores: fc.integer({ min: 0, max: 8 }),
  ramMb: fc.integer({ min: 0, max: 2048 }),
  gpus: fc.array(fc.integer({ min: 1, max: 24 }), { maxLength: 2 }),
});
const nodesArb = fc.array(anyNode, { maxLength: 8 }).map((all) =>
  all.map(({ cores, ramMb, gpus, ...fields }, index) =>
    node(`node-${index}`, {
      ...fields,
      shared: { cores, ramMb, gpus },
      taken: { cores: 0, ramMb: 0, gpus: gpus.map(() => 0) },
    }),
  ),
);
const requiresArb = fc.record(
  {
    cores: fc.integer({ min: 0, max: 6 }),
    ramMb: fc.integer({ min: 0, max: 1024 }),
    gpuMemoryMb: fc.integer({ min: 1, max: 16 }),
    tags: fc.subarray(['fast', 'big']),
  },
  { requiredKeys: ['cores', 'ramMb'] },
);
const queuesArb = fc
  .array(
    fc.record({
      workspaceId: fc.constantFrom('ws-1', 'ws-2'),
      kind: fc.constantFrom('script', 'ocr'),
      requires: requiresArb,
      jobs: fc.array(
        fc.record({ priority: fc.integer({ min: -3, max: 3 }), createdAt: fc.integer({ min: 0, max: now }) }),
        { maxLength: 12 },
      ),
    }),
    { maxLength: 6 },
  )
  .map((all) =>
    all.map(({ jobs, ...need }, index) =>
      queue(
        `q${index}`,
        jobs.map((fields, number) => job(`job-${index}-${number}`, fields)),
        need,
      ),
    ),
  );

/** The snapshot as it is once the decisions are carried out. */
function carriedOut(before: Snapshot, decisions: readonly Decision[]): Snapshot {
  const gone = new Set(decisions.map(({ jobId }) => jobId));
  const taken = new Map<string, Room>(before.nodes.map(({ id, taken: room }) => [id, room]));
  for (const { jobId, nodeId, gpu } of decisions) {
    const from = before.queues.find(({ jobs }) => [...jobs].some(({ id }) => id === jobId));
    const room = taken.get(nodeId);
    if (from === undefined || room === undefined) throw new Error('A decision about nothing');
    taken.set(nodeId, take(room, from.need.requires, gpu));
  }
  return {
    use: before.use,
    nodes: before.nodes.map((one) => ({ ...one, taken: taken.get(one.id) ?? one.taken })),
    queues: before.queues.map((one) => ({ ...one, jobs: [...one.jobs].filter(({ id }) => !gone.has(id)) })),
  };
}

test('Scheduler: no capacity is exceeded, nothing is leased twice, every place is allowed', () => {
  fc.assert(
    fc.property(nodesArb, queuesArb, (nodes, queues) => {
      const before = snapshot(nodes, queues);
      const decisions = schedule(before, now);
      expect(new Set(decisions.map(({ jobId }) => jobId)).size).toBe(decisions.length);
      for (const { shared, taken } of carriedOut(before, decisions).nodes) {
        expect(taken.cores).toBeLessThanOrEqual(shared.cores);
        expect(taken.ramMb).toBeLessThanOrEqual(shared.ramMb);
        for (const [gpu, memory] of taken.gpus.entries()) expect(memory).toBeLessThanOrEqual(shared.gpus[gpu] ?? 0);
      }
      for (const { jobId, nodeId } of decisions) {
        const need = queues.find(({ jobs }) => [...jobs].some(({ id }) => id === jobId))?.need;
        const on = nodes.find(({ id }) => id === nodeId);
        if (need === undefined || on === undefined) throw new Error('A decision about nothing');
        expect([on.presence, lastingObstacle(need, on)]).toEqual(['here', null]);
      }
    }),
  );
});

test('Scheduler: applying the decisions and scheduling again yields nothing new', () => {
  fc.assert(
    fc.property(nodesArb, queuesArb, (nodes, queues) => {
      const before = snapshot(nodes, queues);
      expect(schedule(carriedOut(before, schedule(before, now)), now)).toEqual([]);
    }),
  );
});

test('Scheduler: the order of the input is irrelevant', () => {
  fc.assert(
    fc.property(nodesArb, queuesArb, fc.infiniteStream(fc.nat()), (nodes, queues, dice) => {
      const shuffled = <Item>(items: readonly Item[]) =>
        items
          .map((item) => ({ item, by: dice.next().value }))
          .sort((left, right) => left.by - right.by)
          .map(({ item }) => item);
      expect(places(schedule(snapshot(shuffled(nodes), shuffled(queues)), now))).toEqual(
        places(schedule(snapshot(nodes, queues), now)),
      );
    }),
  );
});

test('J7: priority goes first, then age; a minute of waiting is worth a point', () => {
  const one = [node('node-a', { shared: { cores: 1, ramMb: 4096, gpus: [] } })];
  const first = (jobs: readonly WaitingJob[]) => schedule(snapshot(one, [queue('q', jobs)]), now)[0]?.jobId;
  expect(first([job('old', { createdAt: 1 }), job('young')])).toBe('old');
  expect(first([job('old'), job('young', { createdAt: 9_000_001, priority: 1 })])).toBe('young');
  expect(first([job('old', { createdAt: 9_000_000 - 60_001 }), job('young', { priority: 1 })])).toBe('old');
});

test('J7: two workspaces share a node, however long the line of one is; who uses less is served first', () => {
  const flood = queue('flood', jobsNamed('a', 100, { createdAt: 1 }), { workspaceId: 'ws-1' });
  const few = queue('few', jobsNamed('b', 2), { workspaceId: 'ws-2' });
  const decisions = schedule(snapshot([node('node-a')], [flood, few]), now);
  expect(decisions.map(({ jobId }) => jobId).sort()).toEqual(['a-0000', 'a-0001', 'b-0000', 'b-0001']);
  const used = { ...snapshot([node('node-a')], [flood, few]), use: new Map([['ws-2', { cores: 9, servedAt: now }]]) };
  expect(schedule(used, now).every(({ jobId }) => jobId.startsWith('a'))).toBe(true);
});

test('J7: a workspace that gets nothing rises over one with a higher priority that is served', () => {
  const one = [node('node-a', { shared: { cores: 1, ramMb: 4096, gpus: [] } })];
  const high = queue('high', jobsNamed('high', 3, { priority: 1 }), { workspaceId: 'ws-1' });
  const low = (createdAt: number) => queue('low', jobsNamed('low', 1, { createdAt }), { workspaceId: 'ws-2' });
  const use = new Map([['ws-1', { cores: 1, servedAt: now }]]);
  const winner = (createdAt: number) => schedule({ nodes: one, queues: [high, low(createdAt)], use }, now)[0]?.jobId;
  expect([winner(now - 60_000), winner(now - 1_300_000)]).toEqual(['high-0000', 'low-0000']);
});

test('Scheduler: ordinary jobs spread over nodes by free share, GPU jobs pack onto the tightest GPU', () => {
  const three = [node('node-a'), node('node-b'), node('node-c', { shared: { cores: 8, ramMb: 8192, gpus: [] } })];
  const spread = schedule(snapshot(three, [queue('q', jobsNamed('job', 8))]), now);
  const counts: Record<string, number> = {};
  for (const { nodeId } of spread) counts[nodeId] = (counts[nodeId] ?? 0) + 1;
  expect(counts).toEqual({ 'node-a': 2, 'node-b': 2, 'node-c': 4 });
  const gpuNode = (id: string, gpus: number[]) =>
    node(id, { shared: { cores: 8, ramMb: 8192, gpus }, taken: { cores: 0, ramMb: 0, gpus: gpus.map(() => 0) } });
  const gpus = [gpuNode('node-large', [80_000]), gpuNode('node-small', [24_000, 12_000])];
  const need = { requires: { cores: 1, ramMb: 1, gpuMemoryMb: 10_000 } };
  const packed = schedule(snapshot(gpus, [queue('q', jobsNamed('job', 4), need)]), now);
  expect(packed.map(({ nodeId, gpu }) => `${nodeId} ${gpu}`)).toEqual([
    'node-small 1',
    'node-small 0',
    'node-small 0',
    'node-large 0',
  ]);
});
