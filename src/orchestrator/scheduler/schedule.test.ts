import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lastingObstacle } from './fit.ts';
import { schedule } from './schedule.ts';
import {
  carriedOut,
  job,
  jobsNamed,
  node,
  nothing,
  now,
  places,
  queue,
  room,
  snapshot,
  used,
} from './scheduler.fixture.ts';
import type { NodeView, QueueView } from './snapshot.ts';

const anyNode = fc.record({
  presence: fc.constantFrom('here', 'here', 'here', 'paused', 'lost') as fc.Arbitrary<NodeView['presence']>,
  workspaces: fc.subarray(['ws-1', 'ws-2']).map((ids) => new Map(ids.map((id) => [id, 'serves' as const]))),
  executors: fc.subarray(['script', 'ocr']),
  tags: fc.subarray(['fast', 'big']),
  models: fc
    .subarray(['qwen', 'llama'])
    .map((names) => names.map((name, index) => ({ name, loaded: index === 0, sizeMb: 1 }))),
  shared: fc
    .record({
      cores: fc.integer({ min: 0, max: 8 }),
      ramMb: fc.integer({ min: 0, max: 2048 }),
      storageMb: fc.integer({ min: 0, max: 64 }),
      gpus: fc.array(fc.integer({ min: 0, max: 24 }), { maxLength: 2 }),
    })
    .map(({ cores, ramMb, storageMb, gpus }) => room(cores, ramMb, gpus, storageMb)),
  standing: fc.record({
    given: fc.double({ min: 0, max: 1, noNaN: true }),
    kinds: fc
      .record({
        trust: fc.double({ min: 0, max: 1, noNaN: true }),
        speed: fc.double({ min: 0.1, max: 9, noNaN: true }),
      })
      .map((earned) => new Map([['script', earned]])),
  }),
});
const nodesArb = fc
  .array(anyNode, { maxLength: 40 })
  .map((all) => all.map((fields, index) => node(`node-${String(index).padStart(2, '0')}`, fields)));
const requiresArb = fc.record(
  {
    cores: fc.integer({ min: 0, max: 6 }),
    ramMb: fc.integer({ min: 0, max: 1024 }),
    gpuMemoryMb: fc.integer({ min: 1, max: 16 }),
    storageMb: fc.integer({ min: 0, max: 32 }),
    tags: fc.subarray(['fast', 'big']),
    model: fc.constantFrom('qwen', 'llama', 'other'),
    nodeId: fc.constantFrom('node-00', 'node-01'),
    notNodeIds: fc.subarray(['node-00', 'node-02']),
  },
  { requiredKeys: ['cores', 'ramMb'] },
);
const queuesArb = fc
  .array(
    fc.record({
      workspaceId: fc.constantFrom('ws-1', 'ws-2'),
      kind: fc.constantFrom('script', 'ocr'),
      requires: requiresArb,
      servedAt: fc.constantFrom(0, now - 200_000, now),
      members: fc.array(
        fc.array(
          fc.record({
            priority: fc.integer({ min: -3, max: 3 }),
            createdAt: fc.integer({ min: now - 400_000, max: now }),
          }),
          { maxLength: 8 },
        ),
        { maxLength: 3 },
      ),
    }),
    { maxLength: 6 },
  )
  .map((all) =>
    all.flatMap(({ members, servedAt, ...need }, index) =>
      members.map((jobs, member) =>
        queue(
          `q${index}`,
          jobs.map((fields, number) => job(`job-${index}-${member}-${number}`, { ...fields, member: `usr-${member}` })),
          need,
          servedAt,
        ),
      ),
    ),
  );
const needOf = (queues: readonly QueueView[], jobId: string) =>
  queues.find(({ jobs }) => [...jobs].some(({ id }) => id === jobId))?.need;

test('Scheduler: no capacity is exceeded, nothing is leased twice, every place is allowed', () => {
  fc.assert(
    fc.property(nodesArb, queuesArb, (nodes, queues) => {
      const before = snapshot(nodes, queues);
      const decisions = schedule(before, now);
      expect(new Set(decisions.map(({ jobId }) => jobId)).size).toBe(decisions.length);
      for (const { shared, taken } of carriedOut(before, decisions).nodes) {
        expect(taken.cores).toBeLessThanOrEqual(shared.cores);
        expect(taken.ramMb).toBeLessThanOrEqual(shared.ramMb);
        expect(taken.storageMb).toBeLessThanOrEqual(shared.storageMb);
        for (const [gpu, memory] of taken.gpus.entries()) expect(memory).toBeLessThanOrEqual(shared.gpus[gpu] ?? 0);
      }
      for (const { jobId, nodeId } of decisions) {
        const need = needOf(queues, jobId);
        const on = nodes.find(({ id }) => id === nodeId);
        if (need === undefined || on === undefined) throw new Error('A decision about nothing');
        expect([on.presence, lastingObstacle(need, on)]).toEqual(['here', null]);
      }
    }),
    { numRuns: 300 },
  );
});

test('Scheduler: applying the decisions and scheduling again yields nothing new', () => {
  fc.assert(
    fc.property(nodesArb, queuesArb, (nodes, queues) => {
      const before = snapshot(nodes, queues);
      expect(schedule(carriedOut(before, schedule(before, now)), now)).toEqual([]);
    }),
    { numRuns: 300 },
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
    { numRuns: 300 },
  );
});

test('Scheduler: what fits somewhere and is not kept waiting for an overdue line is placed', () => {
  fc.assert(
    fc.property(nodesArb, queuesArb, (nodes, all) => {
      const queues = all.map((one) => ({ ...one, servedAt: now }));
      const after = carriedOut(snapshot(nodes, queues), schedule(snapshot(nodes, queues), now));
      for (const { need, jobs } of after.queues) {
        if ([...jobs].length === 0) continue;
        const alone = schedule(snapshot(after.nodes, [queue('alone', [job('alone')], need)]), now);
        expect(alone).toEqual([]);
      }
    }),
    { numRuns: 200 },
  );
});

test('J7: priority goes first, then age; a minute of waiting is worth a point', () => {
  const one = [node('node-a', { shared: room(1, 4096) })];
  const at = now - 60_000;
  const first = (jobs: Parameters<typeof queue>[1]) =>
    schedule(snapshot(one, [queue('q', jobs, {}, now)]), now)[0]?.jobId;
  expect(first([job('old', { createdAt: 1 }), job('young')])).toBe('old');
  expect(first([job('old', { createdAt: at }), job('young', { createdAt: at + 1, priority: 1 })])).toBe('young');
  expect(first([job('old', { createdAt: at - 60_001 }), job('young', { createdAt: at, priority: 1 })])).toBe('old');
});

test('J7: two workspaces share a node, however long the line of one is; who uses less is served first', () => {
  const flood = queue('flood', jobsNamed('a', 100, { createdAt: now - 100_000 }), { workspaceId: 'ws-1' });
  const few = queue('few', jobsNamed('b', 2), { workspaceId: 'ws-2' });
  const decisions = schedule(snapshot([node('node-a')], [flood, few]), now);
  expect(decisions.map(({ jobId }) => jobId).sort()).toEqual(['a-0000', 'a-0001', 'b-0000', 'b-0001']);
  const busy = snapshot([node('node-a')], [flood, few], new Map([['ws-2', used(9)]]));
  expect(schedule(busy, now).every(({ jobId }) => jobId.startsWith('a'))).toBe(true);
});

test('J7: members of a workspace share what it gets; one with many kinds of need gets no more', () => {
  const ana = [0, 1, 2].map((index) =>
    queue(`need-${index}`, jobsNamed(`ana${index}`, 10, { member: 'usr-ana', createdAt: now - 90_000 }), {
      requires: { cores: 1, ramMb: 100 + index },
    }),
  );
  const bo = queue('need-0', jobsNamed('bo', 10, { member: 'usr-bo' }), { requires: { cores: 1, ramMb: 100 } });
  const decisions = schedule(snapshot([node('node-a')], [...ana, bo]), now);
  expect(decisions.filter(({ jobId }) => jobId.startsWith('bo')).length).toBe(2);
  expect(decisions.length).toBe(4);
});

test('J7: a workspace that gets nothing rises over one with a higher priority that is served', () => {
  const one = [node('node-a', { shared: room(1, 4096) })];
  const high = queue('high', jobsNamed('high', 3, { priority: 1 }), { workspaceId: 'ws-1' }, now);
  const low = (createdAt: number) => queue('low', jobsNamed('low', 1, { createdAt }), { workspaceId: 'ws-2' });
  const use = new Map([['ws-1', used(1)]]);
  const winner = (createdAt: number) => schedule(snapshot(one, [high, low(createdAt)], use), now)[0]?.jobId;
  expect([winner(now - 60_000), winner(now - 1_300_000)]).toEqual(['high-0000', 'low-0000']);
});

test('Scheduler: ordinary jobs spread over nodes by free share, GPU jobs pack onto the tightest GPU', () => {
  const three = [node('node-a'), node('node-b'), node('node-c', { shared: room(8, 8192) })];
  const spread = schedule(snapshot(three, [queue('q', jobsNamed('job', 8))]), now);
  const counts: Record<string, number> = {};
  for (const { nodeId } of spread) counts[nodeId] = (counts[nodeId] ?? 0) + 1;
  expect(counts).toEqual({ 'node-a': 2, 'node-b': 2, 'node-c': 4 });
  const gpuNode = (id: string, gpus: number[]) => node(id, { shared: room(8, 8192, gpus), taken: nothing(gpus) });
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

test('Scheduler: of nodes that are equally free, the one that has the model in memory, then the proven, fast and spared one', () => {
  const need = { requires: { cores: 1, ramMb: 1, model: 'qwen' } };
  const model = (loaded: boolean) => [{ name: 'qwen', loaded, sizeMb: 9_000 }];
  const choose = (nodes: NodeView[]) => schedule(snapshot(nodes, [queue('q', [job('job-1')], need)]), now)[0]?.nodeId;
  const cold = (id: string, fields: Partial<NodeView> = {}) => node(id, { models: model(false), ...fields });
  const earned = (trust: number, speed: number, given = 0) => ({
    standing: { kinds: new Map([['script', { trust, speed }]]), given },
  });
  expect(choose([cold('a'), node('b', { models: model(true) })])).toBe('b');
  expect(choose([node('a'), cold('b')])).toBe('b');
  expect(choose([node('a')])).toBeUndefined();
  expect(choose([cold('a', earned(0.1, 1)), cold('b', earned(0.9, 1))])).toBe('b');
  expect(choose([cold('a', earned(0.9, 0.6)), cold('b', earned(0.9, 1.4))])).toBe('b');
  expect(choose([cold('a', earned(0.9, 1, 0.8)), cold('b', earned(0.9, 1, 0.1))])).toBe('b');
  const gpu = { requires: { cores: 1, ramMb: 1, gpuMemoryMb: 8_000 } };
  const gpuNodes = [
    node('a', { shared: room(4, 4096, [12_000]), ...earned(0.1, 1) }),
    node('b', { shared: room(4, 4096, [14_000]), ...earned(0.9, 1) }),
  ];
  expect(schedule(snapshot(gpuNodes, [queue('q', [job('job-1')], gpu)]), now)[0]?.nodeId).toBe('b');
});
