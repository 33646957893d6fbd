/** Time passes: passes, jobs that end, lines that fill again. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { give, take } from '../../shared/room.ts';
import { createLines, needKey } from '../jobs/line.ts';
import { schedule } from './schedule.ts';
import { job, node, nothing, now, room } from './scheduler.fixture.ts';
import type { NodeView, QueueView, WaitingJob } from './snapshot.ts';
import { createUses } from './use.ts';

interface Job {
  readonly waiting: WaitingJob;
  readonly need: QueueView['need'];
  readonly ms: number;
}
const second = 1_000;

/** A pool of one workspace's nodes in which time passes by the second; `done` tells when each job began. */
function simulate(shared: NodeView['shared'][]) {
  const lines = createLines();
  const uses = createUses();
  const jobs = new Map<string, Job>();
  const begun = new Map<string, number>();
  const running: { job: Job; node: number; gpu: number | null; until: number }[] = [];
  const taken = shared.map(({ gpus }) => nothing(gpus));
  const keyOf = ({ need }: Job) => needKey(need.workspaceId, need.kind, need.requires);
  let time = now;
  return {
    begun,
    get time() {
      return time;
    },
    add(
      id: string,
      fields: { member?: string; cores?: number; ms?: number; priority?: number; workspaceId?: string } = {},
    ) {
      const { member = null, cores = 1, ms = 1_000, priority = 0, workspaceId = 'ws-1' } = fields;
      const waiting = job(id, { createdAt: time, member, priority });
      const made = { waiting, need: { workspaceId, kind: 'script', requires: { cores, ramMb: 1 } }, ms };
      jobs.set(id, made);
      lines.add(keyOf(made), made.need, waiting);
    },
    tick() {
      time += second;
      for (const one of running.filter(({ until }) => until <= time)) {
        running.splice(running.indexOf(one), 1);
        taken[one.node] = give(taken[one.node] ?? nothing(), one.job.need.requires, one.gpu);
        uses.vacate(one.job.need.workspaceId, one.job.waiting.member, one.job.need.requires.cores, time);
      }
      const nodes = shared.map((has, index) =>
        node(`node-${index}`, { shared: has, taken: taken[index] ?? nothing() }),
      );
      for (const { jobId, nodeId, gpu } of schedule({ nodes, queues: lines.views(), use: uses.view() }, time)) {
        const one = jobs.get(jobId);
        const on = nodes.findIndex(({ id }) => id === nodeId);
        if (one === undefined || begun.has(jobId)) throw new Error(`${jobId} was placed twice, or never submitted`);
        begun.set(jobId, time);
        lines.remove(keyOf(one), one.waiting);
        lines.served(keyOf(one), one.waiting, time);
        uses.occupy(one.need.workspaceId, one.waiting.member, one.need.requires.cores, time);
        taken[on] = take(taken[on] ?? nothing(), one.need.requires, gpu);
        running.push({ job: one, node: on, gpu, until: time + one.ms });
      }
    },
  };
}

test('J7: a job that needs a whole node gets one, however many small ones keep coming', () => {
  const pool = simulate([room(4, 4096), room(4, 4096)]);
  let made = 0;
  for (let tick = 0; tick < 300 && !pool.begun.has('large'); tick += 1) {
    for (let each = 0; each < 8; each += 1)
      pool.add(`small-${++made}`, { ms: 3_000 + (made % 5) * 1_000, member: 'usr-ana' });
    if (tick === 20) pool.add('large', { cores: 4, member: 'usr-bo' });
    pool.tick();
  }
  expect(pool.begun.has('large')).toBe(true);
});

test('J7: nothing starves: whatever is in line begins in bounded time, also the least urgent, under a flood', () => {
  const submission = fc.record({
    cores: fc.integer({ min: 1, max: 4 }),
    ms: fc.integer({ min: 500, max: 8_000 }),
    priority: fc.integer({ min: -2, max: 2 }),
    member: fc.constantFrom('usr-a', 'usr-b', 'usr-c'),
    workspaceId: fc.constantFrom('ws-1', 'ws-2'),
  });
  fc.assert(
    fc.property(fc.array(submission, { minLength: 1, maxLength: 12 }), (some) => {
      const pool = simulate([room(4, 4096), room(2, 4096)]);
      for (const [index, one] of some.entries()) pool.add(`watched-${index}`, one);
      let made = 0;
      const all = () => some.every((_, index) => pool.begun.has(`watched-${index}`));
      for (let tick = 0; tick < 1_800 && !all(); tick += 1) {
        for (let each = 0; each < 3; each += 1)
          pool.add(`flood-${++made}`, { member: 'usr-flood', priority: 2, ms: 4_000 });
        pool.tick();
      }
      expect(all()).toBe(true);
    }),
    { numRuns: 15 },
  );
}, 60_000);

test('J7: fair share converges: members who always have work get equal time, whoever came first, however long their jobs', () => {
  const pool = simulate([room(2, 4096)]);
  const members = { 'usr-ana': 1_000, 'usr-bo': 4_000, 'usr-cy': 2_000 };
  let made = 0;
  for (let index = 0; index < 400; index += 1) pool.add(`ana-first-${index}`, { member: 'usr-ana', ms: 1_000 });
  const waiting: Record<string, string[]> = { 'usr-ana': [], 'usr-bo': [], 'usr-cy': [] };
  const time: Record<string, number> = { 'usr-ana': 0, 'usr-bo': 0, 'usr-cy': 0 };
  for (let tick = 0; tick < 900; tick += 1) {
    for (const [member, ms] of Object.entries(members)) {
      const mine = waiting[member] ?? [];
      while (mine.filter((id) => !pool.begun.has(id)).length < 3) {
        mine.push(`${member}-${++made}`);
        pool.add(`${member}-${made}`, { member, ms });
      }
      waiting[member] = mine.filter((id) => !pool.begun.has(id));
    }
    pool.tick();
  }
  for (const [id] of pool.begun) {
    const member = id.startsWith('ana') ? 'usr-ana' : id.slice(0, id.lastIndexOf('-'));
    time[member] = (time[member] ?? 0) + (members[member as keyof typeof members] ?? 0);
  }
  const total = Object.values(time).reduce((sum, ms) => sum + ms, 0);
  for (const ms of Object.values(time)) expect(ms / total).toBeCloseTo(1 / 3, 1);
});
