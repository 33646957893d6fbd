import fc from 'fast-check';
import { expect, test } from 'vitest';
import { finishedJobStates, type JobError, type JobState, jobStates } from '../../shared/model/job.ts';
import { type JobEvent, type JobLife, maxNodeFaults, transition } from './transition.ts';

const nodeFault: JobError = { code: 'node_lost', message: 'lost', fault: 'node' };
const jobFault: JobError = { code: 'script_failed', message: 'boom', fault: 'job' };
const queued: JobLife = {
  state: 'queued',
  retry: { attempts: 5, backoff: { first: 100, factor: 2, max: 1_000, jitter: 0.5 }, retryOn: ['node'] },
  attempts: [],
  nodeId: null,
  fence: null,
  error: null,
  startedAt: null,
  finishedAt: null,
  notBefore: null,
  spared: 0,
  rejections: 0,
};
const events = {
  assign: { type: 'assign', nodeId: 'node-b', fence: '2.9' },
  acknowledge: { type: 'acknowledge', fence: '2.1' },
  reject: { type: 'reject', fence: '2.1', error: { code: 'busy', message: 'busy', fault: 'node' } },
  done: { type: 'done', fence: '2.1', nodeId: 'node-a', earlier: false },
  failed: { type: 'failed', fence: '2.1', nodeId: 'node-a', earlier: false, error: jobFault },
  lost: { type: 'lost', error: nodeFault },
  takeBack: { type: 'takeBack' },
  timeOut: { type: 'timeOut', error: { code: 'run_timeout', message: 'too long', fault: 'job' } },
  cancel: { type: 'cancel' },
  adopt: { type: 'adopt', fence: '2.1', nodeId: 'node-a' },
} as const satisfies { [Kind in JobEvent['type']]: Extract<JobEvent, { type: Kind }> };

const after = (job: JobLife, ...happened: JobEvent[]) =>
  happened.reduce((life, event) => transition(life, event, 10).job, job);
const assigned = after(queued, { type: 'assign', nodeId: 'node-a', fence: '2.1' });
const running = after(assigned, events.acknowledge);
const inState: Record<JobState, JobLife> = {
  queued,
  assigned,
  running,
  succeeded: after(running, events.done),
  failed: after(running, events.failed),
  cancelled: after(running, events.cancel),
  dead: { ...after(running, events.failed), state: 'dead' },
};

/** Every cell: the state afterwards and the effects, in order. */
const cells: Record<JobState, Record<JobEvent['type'], string>> = {
  queued: {
    assign: 'assigned',
    acknowledge: 'queued stale',
    reject: 'queued stale',
    done: 'queued stale',
    failed: 'queued stale',
    lost: 'queued',
    takeBack: 'queued',
    timeOut: 'failed finished',
    cancel: 'cancelled finished',
    adopt: 'running started',
  },
  assigned: {
    assign: 'assigned stale',
    acknowledge: 'running started',
    reject: 'queued requeued',
    done: 'succeeded finished',
    failed: 'failed finished',
    lost: 'queued revoke requeued',
    takeBack: 'queued revoke requeued',
    timeOut: 'failed revoke finished',
    cancel: 'cancelled revoke finished',
    adopt: 'running started',
  },
  running: {
    assign: 'running stale',
    acknowledge: 'running',
    reject: 'queued requeued',
    done: 'succeeded finished',
    failed: 'failed finished',
    lost: 'queued revoke requeued',
    takeBack: 'queued revoke requeued',
    timeOut: 'failed revoke finished',
    cancel: 'cancelled revoke finished',
    adopt: 'running',
  },
  succeeded: over('succeeded'),
  failed: over('failed'),
  cancelled: over('cancelled'),
  dead: over('dead'),
};
function over(state: JobState): Record<JobEvent['type'], string> {
  const stale = `${state} stale`;
  return {
    assign: stale,
    acknowledge: stale,
    reject: stale,
    done: stale,
    failed: stale,
    adopt: stale,
    lost: state,
    takeBack: state,
    timeOut: state,
    cancel: state,
  };
}

test.each(jobStates.flatMap((state) => Object.values(events).map((event) => [state, event.type] as const)))(
  'N10 J3: %s + %s',
  (state, type) => {
    const { job, effects } = transition(inState[state], events[type], 20);
    expect([job.state, ...effects.map((effect) => effect.type)].join(' ')).toBe(cells[state][type]);
  },
);

test.each(['assigned', 'running'] as const)('N10: a %s job hears only the fence that holds it', (state) => {
  for (const type of ['acknowledge', 'reject', 'done', 'failed', 'adopt'] as const) {
    const { job, effects } = transition(inState[state], { ...events[type], fence: '1.7' } as JobEvent, 20);
    expect([job, effects]).toEqual([inState[state], [{ type: 'stale' }]]);
  }
});

test('N10: after a restart a job in line takes the result of an assignment made before', () => {
  const { job } = transition(queued, { ...events.done, fence: '1.4', earlier: true }, 30);
  expect(job).toMatchObject({
    state: 'succeeded',
    nodeId: 'node-a',
    fence: '1.4',
    attempts: [{ fence: '1.4', outcome: 'succeeded' }],
  });
});

test('N6: an attempt that was thought lost and comes back is the same attempt, and costs nothing', () => {
  const back = after(after(running, events.lost), events.adopt);
  expect(back.attempts).toEqual([
    { number: 1, nodeId: 'node-a', fence: '2.1', assignedAt: 10, finishedAt: null, outcome: 'running' },
  ]);
});

test('J4: a node fault is tried again after a growing, bounded, jittered wait; the third makes the job dead', () => {
  let job = queued;
  const waits: number[] = [];
  for (let fault = 1; fault <= maxNodeFaults; fault += 1) {
    const taken = transition(job, { type: 'assign', nodeId: 'node-a', fence: `2.${fault}` }, 1_000).job;
    job = transition(taken, events.lost, 1_000, 1).job;
    waits.push((job.notBefore ?? Number.NaN) - 1_000);
  }
  expect(waits.slice(0, 2)).toEqual([50, 100]);
  expect([job.state, job.error]).toEqual(['dead', nodeFault]);
});

test("J4: the job's own error is not tried again unless asked for", () => {
  const asked = { ...running, retry: { ...running.retry, attempts: 2, retryOn: ['job' as const] } };
  const again = transition(asked, events.failed, 20).job;
  expect(again.state).toBe('queued');
  const last = after(again, { type: 'assign', nodeId: 'node-a', fence: '2.2' }, { ...events.failed, fence: '2.2' });
  expect([last.state, last.attempts.length]).toEqual(['failed', 2]);
});

test('N7: rejections wait longer each time and leave no trail', () => {
  let job = queued;
  const waits: number[] = [];
  for (let index = 1; index <= 5; index += 1) {
    const taken = transition(job, { type: 'assign', nodeId: 'node-a', fence: `2.${index}` }, 0).job;
    job = transition(taken, { ...events.reject, fence: `2.${index}` }, 0).job;
    waits.push(job.notBefore ?? Number.NaN);
  }
  expect([job.state, job.attempts.length, waits]).toEqual(['queued', 1, [100, 200, 400, 800, 1_000]]);
});

test('J2: whatever happens in whatever order, a job finishes at most once and then never changes', () => {
  const fence = fc.integer({ min: 1, max: 4 }).map((counter) => `2.${counter}`);
  const event: fc.Arbitrary<JobEvent> = fc.tuple(fc.constantFrom(...Object.values(events)), fence, fc.boolean()).map(
    ([kind, given, earlier]) =>
      ({
        ...kind,
        ...('fence' in kind ? { fence: given } : {}),
        ...('earlier' in kind ? { earlier } : {}),
      }) as JobEvent,
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (happened) => {
      let job = queued;
      let ends = 0;
      for (const one of happened) {
        const before = job;
        const { job: next, effects } = transition(before, one, 20, 0.5);
        job = next;
        if (effects.some(({ type }) => type === 'finished')) ends += 1;
        if (finishedJobStates.includes(before.state)) expect(job).toBe(before);
        if (finishedJobStates.includes(job.state)) expect(job.finishedAt).not.toBeNull();
        expect(job.attempts.filter(({ outcome }) => outcome === 'running').length).toBe(
          job.state === 'assigned' || job.state === 'running' ? 1 : 0,
        );
        expect((job.fence === null) === (job.nodeId === null)).toBe(true);
      }
      expect(ends).toBe(finishedJobStates.includes(job.state) ? 1 : 0);
    }),
  );
});
