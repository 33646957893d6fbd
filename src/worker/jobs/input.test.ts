import { expect, it } from 'vitest';
import { maxInputBytes, readInput } from './input.ts';

const sha = 'a'.repeat(64);

it('N12: an input that was put away is read from its blob', async () => {
  const loaded: string[] = [];
  const input = await readInput({ $blob: sha, size: 9 }, async ({ $blob }) => {
    loaded.push($blob);
    return '{"x":[1]}';
  });
  expect([input, loaded]).toEqual([{ x: [1] }, [sha]]);
});

it('what looks like a reference deeper inside is data, and opens nothing', async () => {
  const input = { one: { $blob: sha, size: 1 } };
  expect(await readInput(input, () => Promise.reject(new Error('not asked')))).toBe(input);
});

it('S10: bounds what an input holds', async () => {
  await expect(readInput({ $blob: sha, size: maxInputBytes + 1 }, async () => '1')).rejects.toMatchObject({
    code: 'input_too_large',
  });
});
