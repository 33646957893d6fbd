/** What a clock that jumps (a machine that slept, a time server, a person) must not do to nodes and jobs. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startHost } from '../core.harness.ts';
import { createMemoryStore } from '../store/memory.ts';
import { createManualTimers } from '../timers.ts';

const day = 24 * 60 * 60_000;

/** A host whose clock can be set apart from the time that passes. */
async function startJumpy() {
  const steady = createManualTimers();
  let offset = 0;
  const timers = { ...steady, now: () => steady.now() + offset };
  const host = await startHost({ store: createMemoryStore(), timers });
  return {
    host,
    jump: (by: number) => {
      offset += by;
    },
  };
}

test('N4 J5: a clock that jumps loses no node that beats and ends no job; a node that falls silent after it is lost all the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: -day, max: day }), { minLength: 1, maxLength: 4 }), async (jumps) => {
      const { host, jump } = await startJumpy();
      const node = await host.join('node-a');
      const jobId = await host.submit({ runSeconds: 3_600 });
      const { job_id, fence } = node.last('job_assign');
      await node.say({ type: 'job_ack', job_id, fence });
      for (const by of jumps) {
        jump(by);
        await host.pass(10_000);
        await node.say({ type: 'heartbeat', available: true });
      }
      expect((await host.nodes.get('node-a'))?.status).toBe('online');
      expect(await host.jobs.get(jobId)).toMatchObject({ state: 'running', attempts: [{ outcome: 'running' }] });

      await host.pass(80_000);
      expect((await host.nodes.get('node-a'))?.status).toBe('lost');
      expect(await host.jobs.get(jobId)).toMatchObject({ attempts: [{ outcome: 'lost' }] });
    }),
    { numRuns: 25 },
  );
});
