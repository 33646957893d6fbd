import { expect, it } from 'vitest';
import { createOutgoing } from './outgoing.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('what is sent in one turn is one frame, in order', async () => {
  const frames: string[] = [];
  const outgoing = createOutgoing<number>((frame) => frames.push(frame));
  outgoing.send(1);
  await turn();
  outgoing.send(2);
  outgoing.send(3);
  await turn();
  expect(frames).toEqual(['1', '[2,3]']);
});

it('S10: a frame stays below its limit', async () => {
  const frames: string[] = [];
  const outgoing = createOutgoing<string>((frame) => frames.push(frame));
  for (let index = 0; index < 12; index++) outgoing.send('é'.repeat(100_000));
  outgoing.flush();
  expect(frames.length).toBeGreaterThan(1);
  expect(Math.max(...frames.map((frame) => Buffer.byteLength(frame)))).toBeLessThanOrEqual(1024 * 1024);
  expect(frames.flatMap((frame) => JSON.parse(frame) as unknown)).toHaveLength(12);
});
