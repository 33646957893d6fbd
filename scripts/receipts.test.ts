import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeReceipts } from './receipts.ts';

const committed = fileURLToPath(new URL('../resources/samples/receipts/', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-receipts-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('makes the committed receipts again, the same bytes every time, and the first of more are the same', async () => {
  const made = await writeReceipts(join(folder, 'once'), 26, 2026);
  await writeReceipts(join(folder, 'twice'), 4, 2026);
  expect(made.slice(0, 24)).toEqual(JSON.parse(await readFile(join(committed, 'expected.json'), 'utf8')));
  for (const { file } of made.slice(0, 4)) {
    expect(await readFile(join(folder, 'once', file))).toEqual(await readFile(join(folder, 'twice', file)));
  }
});

it('another seed makes other receipts; every one has a total', async () => {
  const made = await writeReceipts(join(folder, 'other'), 3, 7);
  expect(made.map(({ total }) => total)).not.toEqual(
    (await writeReceipts(join(folder, 'third'), 3, 8)).map(({ total }) => total),
  );
  for (const { total, currency } of made) {
    expect(total).toMatch(/^\d+\.\d\d$/);
    expect(currency).toMatch(/^[A-Z]{3}$/);
  }
  expect(await readdir(join(folder, 'other'))).toHaveLength(4);
});
