import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startHost } from '../core.harness.ts';
import { isToBeChecked, judge, provenAfter, resultHash } from './verify.ts';

test('Reputation: new nodes are checked certainly, proven ones by the share and less with a streak, none where it is off', () => {
  const agreed = fc.nat({ max: 1_000 });
  const random = fc.double({ min: 0, max: 0.999, noNaN: true });
  fc.assert(fc.property(agreed, random, (streak, dice) => !isToBeChecked(0, streak, dice)));
  fc.assert(fc.property(fc.nat({ max: provenAfter - 1 }), random, (streak, dice) => isToBeChecked(0.01, streak, dice)));
  fc.assert(
    fc.property(
      fc.integer({ min: provenAfter, max: 900 }),
      random,
      (streak, dice) => !isToBeChecked(0.5, streak + 1, dice) || isToBeChecked(0.5, streak, dice),
    ),
  );
  expect([0.049, 0.051].map((dice) => isToBeChecked(0.5, 1_000, dice))).toEqual([true, false]);
});

test('Reputation: two that agree settle it, a third decides, and where all differ nobody pays', () => {
  const of = (...hashes: string[]) => judge(hashes.map((hash, index) => ({ nodeId: `node-${index}`, hash })));
  expect(of('a', 'a')).toEqual({ type: 'agreed', nodeIds: ['node-0', 'node-1'] });
  expect(of('a', 'b')).toEqual({ type: 'ask_third' });
  expect(of('a', 'b', 'a')).toEqual({ type: 'outvoted', nodeId: 'node-1', agreed: ['node-0', 'node-2'] });
  expect(of('a', 'b', 'b')).toEqual({ type: 'outvoted', nodeId: 'node-0', agreed: ['node-1', 'node-2'] });
  expect(of('a', 'b', 'c')).toEqual({ type: 'undecided', nodeIds: ['node-0', 'node-1', 'node-2'] });
});

test('Reputation: results are the same whatever the order of their fields; of text that was read, the text counts', () => {
  expect(resultHash('script', { a: 1, b: [{ c: 2, d: 3 }] })).toBe(resultHash('script', { b: [{ d: 3, c: 2 }], a: 1 }));
  expect(resultHash('script', [1, 2])).not.toBe(resultHash('script', [2, 1]));
  expect(resultHash('ocr', { text: 'TOTAL 3', confidence: 0.91 })).toBe(
    resultHash('ocr', { text: 'TOTAL 3', confidence: 0.92 }),
  );
});

test('Reputation: a result is checked by a second node, a disagreement by a third; the loser pays, the result stays', async () => {
  const host = await startHost();
  host.verifier.setShare('ws-1', 1);
  const names = ['node-a', 'node-b', 'node-c'];
  const nodes = new Map<string, Awaited<ReturnType<typeof host.join>>>();
  for (const [index, name] of names.entries()) {
    nodes.set(name, await host.join(name, { share_key: `AB3X7K9${index}`, join_key: 'WKSPACE1' }));
    await host.nodes.approve('ws-1', name);
  }
  const answered = new Set<string>();
  /** Has whoever got a job do it; `lies` gives something else. */
  const workOff = async (lies: string) => {
    for (const [name, node] of nodes) {
      for (const { job_id, fence } of node.all('job_assign')) {
        if (answered.has(fence)) continue;
        answered.add(fence);
        await node.say({ type: 'job_ack', job_id, fence });
        await node.say({ type: 'job_done', job_id, fence, result: name === lies ? 'wrong' : 'right' });
        return { jobId: job_id, name };
      }
    }
    return null;
  };
  const jobId = await host.submit({ label: 'Sum' });
  const first = [...nodes].find(([, node]) => node.all('job_assign').length > 0)?.[0] ?? '';
  const by = [];
  for (let turn = 0; turn < 3; turn += 1) by.push(await workOff(first));
  expect(by.map((one) => one?.name).sort()).toEqual(names);
  expect(await workOff('')).toBeNull();
  expect((await host.jobs.get(jobId))?.result).toBe('wrong');
  const check = await host.jobs.get(by[1]?.jobId ?? '');
  expect(check).toMatchObject({ label: 'Check of Sum', priority: -100, submittedBy: null });
  expect(check?.origin).toBeUndefined();
  const latest = async (name: string) => (await host.nodes.record(name, () => true)).kinds[0];
  expect(await latest(first)).toMatchObject({
    agreed: 0,
    attempts: [{ check: 'outvoted', counted: 'fault', jobId }, {}],
  });
  for (const name of names.filter((one) => one !== first)) {
    expect(await latest(name)).toMatchObject({ agreed: 1, attempts: [{ check: 'agreed', counted: null }, {}] });
  }
});
