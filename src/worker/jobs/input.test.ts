import { expect, it } from 'vitest';
import { maxInputBytes, resolveBlobs } from './input.ts';

const sha = 'a'.repeat(64);

it('N12: puts the values of blobs in their places, however deep', async () => {
  const input = { a: [{ $blob: sha, size: 9 }, 1], file: { fileId: 'file-1', sha256: sha }, n: null };
  const loaded: string[] = [];
  const resolved = await resolveBlobs(input, async ({ $blob }) => {
    loaded.push($blob);
    return '{"x":[1]}';
  });
  expect(resolved).toEqual({ a: [{ x: [1] }, 1], file: input.file, n: null });
  expect(loaded).toEqual([sha]);
});

it('leaves alone what only looks like a blob', async () => {
  const input = { one: { $blob: 'x', size: 1 }, two: { $blob: sha, size: 1, more: true } };
  expect(await resolveBlobs(input, () => Promise.reject(new Error('not asked')))).toBe(input);
});

it('S10: bounds what the inputs hold altogether', async () => {
  const big = { $blob: sha, size: maxInputBytes };
  await expect(resolveBlobs([big, { $blob: sha, size: 1 }], async () => '1')).rejects.toMatchObject({
    code: 'input_too_large',
  });
});
