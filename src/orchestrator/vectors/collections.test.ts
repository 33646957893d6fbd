import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { VectorFilter, VectorSearch, VectorUpsert } from '../../shared/model/vectors.ts';
import { type Collections, createCollections } from './collections.ts';

let folder: string;
let collections: Collections;
const never = new AbortController().signal;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-vectors-'));
  collections = createCollections({ folder, clock: { now: () => 42 } });
});
afterEach(async () => {
  await collections.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

const bees: VectorUpsert['items'] = [
  { text: 'bees', vector: [1, 0, 0], metadata: { page: 1, kind: 'insect', wild: true } },
  { text: 'wasps', vector: [0.9, 0.1, 0], metadata: { page: 2, kind: 'insect' } },
  { text: 'trains', vector: [0, 0, 1], metadata: { page: 10, kind: 'machine' } },
];
const write = (more: Partial<VectorUpsert> = {}, workspaceId = 'ws-1') =>
  collections.upsert(workspaceId, { task: 'upsert', collection: 'notes', items: bees, ...more }, never);
const search = async (more: Partial<VectorSearch> = {}, workspaceId = 'ws-1') =>
  collections.search(workspaceId, {
    task: 'search',
    collection: 'notes',
    vector: [1, 0, 0],
    top: 10,
    distance: 'cosine',
    ...more,
  });
const found = async (more: Partial<VectorSearch> = {}) => (await search(more)).map(({ text }) => text);

describe('collections of texts and embeddings', () => {
  test('the nearest come first, with what is known of them', async () => {
    await write({ source: 'book.pdf' });
    const [first, ...others] = await search();
    expect(first).toEqual({ text: 'bees', distance: 0, source: 'book.pdf', metadata: bees[0]?.metadata });
    expect(others.map(({ text }) => text)).toEqual(['wasps', 'trains']);
    expect(await found({ top: 1 })).toEqual(['bees']);
    expect(await found({ within: 0.5 })).toEqual(['bees', 'wasps']);
    expect((await search({ distance: 'euclidean', vector: [0, 0, 3] }))[0]).toMatchObject({
      text: 'trains',
      distance: 2,
    });
  });

  test.each<[VectorFilter, string[]]>([
    [{ field: 'kind', is: 'is', value: 'machine' }, ['trains']],
    [{ field: 'kind', is: 'is_not', value: 'machine' }, ['bees', 'wasps']],
    [{ field: 'page', is: 'more', value: 2 }, ['trains']],
    [{ field: 'page', is: 'is', value: '2' }, ['wasps']],
    [{ field: 'page', is: 'at_most', value: 2 }, ['bees', 'wasps']],
    [{ field: 'kind', is: 'contains', value: 'sect' }, ['bees', 'wasps']],
    [{ field: 'wild', is: 'is', value: true }, ['bees']],
    [{ field: 'wild', is: 'is_not', value: true }, ['wasps', 'trains']],
    [{ field: 'source', is: 'is', value: 'other.pdf' }, []],
    [{ field: "x') OR 1=1 --", is: 'is', value: "' OR 1=1 --" }, []],
  ])('only where %j', async (filter, texts) => {
    await write();
    expect(await found({ filter: [filter] }).catch(() => [])).toEqual(texts);
  });

  test('J2: what is written twice lies there once, and a source that is written again replaces its own', async () => {
    await write();
    await write();
    expect((await collections.list('ws-1'))[0]).toMatchObject({ items: 3, dimensions: 3, createdAt: 42 });
    await write({ source: 'a.txt', items: bees.slice(0, 2) });
    const { collection } = await write({ source: 'a.txt', items: bees.slice(2) });
    expect(collection.items).toBe(4);
    expect(collection.bytes).toBeGreaterThan(4 * 3 * 4);
  });

  test('S10: embeddings of another length and unknown collections are refused in words, and change nothing', async () => {
    await expect(search()).rejects.toMatchObject({ code: 'collection_missing' });
    await write();
    const odd = { text: 'odd', vector: [1, 2], metadata: {} };
    await expect(write({ items: [...bees, odd] })).rejects.toMatchObject({ code: 'dimensions_differ' });
    await expect(search({ vector: [1] })).rejects.toThrow('holds embeddings of 3 numbers, this one has 1');
    expect((await collections.list('ws-1'))[0]?.items).toBe(3);
  });

  test('nothing crosses workspaces; a collection is deleted alone, a workspace with its file', async () => {
    await Promise.all([write(), write({ collection: 'more' }), write({}, 'ws-2')]);
    await collections.delete('ws-1', 'notes');
    expect((await collections.list('ws-1')).map(({ name }) => name)).toEqual(['more']);
    expect(await search({}, 'ws-2')).toHaveLength(3);
    await write({ items: bees.slice(0, 1) });
    expect(await found()).toEqual(['bees']);
    await collections.forget('ws-1');
    expect((await readdir(folder)).some((name) => name.startsWith('ws-1'))).toBe(false);
    expect(await collections.list('ws-1')).toEqual([]);
  });

  test('what was written is there after a restart', async () => {
    await write();
    await collections.stop();
    collections = createCollections({ folder, clock: { now: () => 1 } });
    expect(await found()).toEqual(['bees', 'wasps', 'trains']);
  });

  test('J3: a cancelled write leaves nothing behind', async () => {
    const abort = new AbortController();
    abort.abort();
    await expect(
      collections.upsert('ws-1', { task: 'upsert', collection: 'notes', items: bees }, abort.signal),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(await collections.list('ws-1')).toEqual([]);
  });

  test('the order is that of the distances, whatever the embeddings', async () => {
    const vector = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(vector, { minLength: 1, maxLength: 20 }), vector, async (vectors, asked) => {
        await collections.delete('ws-1', 'notes');
        const items = vectors.map((one, index) => ({ text: `${index}`, vector: one, metadata: {} }));
        await write({ items });
        const squared = vectors.map((one) => one.reduce((sum, value, at) => sum + (value - (asked[at] ?? 0)) ** 2, 0));
        const expected = squared.toSorted((a, b) => a - b).slice(0, 5);
        const got = await search({ vector: asked, distance: 'euclidean', top: 5 });
        expect(got.map(({ distance }) => Math.round(distance ** 2))).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});
