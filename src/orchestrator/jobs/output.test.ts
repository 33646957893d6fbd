import { expect, test } from 'vitest';
import { createMemoryStore } from '../store/memory.ts';
import { jobOutputs } from '../store/tables.ts';
import { createOutput, maxOutput, outputChanges, storedChunks } from './output.ts';

const attempt = (number: number) => ({ fence: `1.${number}`, attempt: number });
const chunk = (seq: number, text = `t${seq} `, stream: 'log' | 'token' = 'token') => ({ seq, stream, text });

test('N9: what is repeated is dropped, also inside one frame; another attempt counts anew', () => {
  const output = createOutput();
  expect(output.add(attempt(1), [chunk(0), chunk(1)], 5)).toHaveLength(2);
  expect(output.add(attempt(1), [chunk(1), chunk(2), chunk(2), chunk(3)], 6).map(({ seq }) => seq)).toEqual([2, 3]);
  expect(output.add(attempt(1), [chunk(0)], 7)).toEqual([]);
  expect(output.lastSeq('1.1')).toBe(3);
  output.add(attempt(2), [chunk(0)], 8);
  expect([output.lastSeq('1.1'), output.lastSeq('1.2')]).toEqual([-1, 0]);
  expect(output.read().chunks.map((each) => `${each.attempt}.${each.seq}`)).toEqual([
    '1.0',
    '1.1',
    '1.2',
    '1.3',
    '2.0',
  ]);
});

test('N9: chunks come back as they came, in memory and from the store: stream, gaps and all', async () => {
  const output = createOutput();
  output.add(attempt(1), [chunk(0), chunk(1), chunk(2, 'a line', 'log'), chunk(5), chunk(6)], 10);
  output.add(attempt(1), [chunk(7)], 5_000);
  const { chunks } = output.read();
  expect(chunks.map(({ seq, stream, text, at }) => [seq, stream, text, at])).toEqual([
    [0, 'token', 't0 ', 10],
    [1, 'token', 't1 ', 10],
    [2, 'log', 'a line', 10],
    [5, 'token', 't5 ', 10],
    [6, 'token', 't6 ', 10],
    [7, 'token', 't7 ', 5_000],
  ]);
  const store = createMemoryStore();
  await store.commit(outputChanges('job-1', output));
  expect(storedChunks(await store.list(jobOutputs, { where: { jobId: 'job-1' } }))).toEqual(chunks);
});

test('N9: what the first version stored, chunk by chunk, is read as it was', () => {
  const stored = [{ attempt: 1, seq: 0, stream: 'log', text: 'a line', at: 7 }];
  expect(storedChunks([{ chunks: stored }])).toEqual(stored);
});

test('N9: of more than a mebibyte the newest stay, in runs of many small texts and of few large ones', () => {
  for (const length of [3, 700, 60_000]) {
    const output = createOutput();
    const all = Math.ceil((maxOutput * 1.5) / length);
    for (let seq = 0; seq < all; seq += 1) output.add(attempt(1), [chunk(seq, 'x'.repeat(length))], 10);
    const { chunks, cut } = output.read();
    const kept = Math.floor(maxOutput / length);
    expect([chunks.length, chunks[0]?.seq, chunks.at(-1)?.seq, cut]).toEqual([kept, all - kept, all - 1, true]);
  }
});
