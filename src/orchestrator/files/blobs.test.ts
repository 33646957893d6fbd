import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BlobStore } from '../services.ts';
import { openBlobStore } from './blobs.ts';
import { contentOf, readBlob } from './files.ts';

let folder: string;
let blobs: BlobStore;
let counter = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-blobs-'));
  blobs = await openBlobStore(folder, () => `part-${counter++}`);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bytes = (text: string) => new TextEncoder().encode(text);
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const leftovers = () => readdir(join(folder, 'tmp'));

describe('blobs on disk', () => {
  test('data.md: content lies under its SHA-256, once', async () => {
    const first = await blobs.put(contentOf(bytes('hello')), { maxBytes: 100 });
    const [one, two] = await Promise.all([1, 2].map(() => blobs.put(contentOf(bytes('hello')), { maxBytes: 100 })));
    expect(first).toEqual({ sha256: hashOf('hello'), size: 5 });
    expect([one, two]).toEqual([first, first]);
    expect(await readBlob(blobs, first.sha256)).toEqual(Buffer.from('hello'));
    expect(await readdir(join(folder, first.sha256.slice(0, 2)))).toEqual([first.sha256]);
    expect(await leftovers()).toEqual([]);
  });

  test('a range is inclusive', async () => {
    const { sha256 } = await blobs.put(contentOf(bytes('0123456789')), { maxBytes: 100 });
    const part = await blobs.open(sha256, { start: 2, end: 4 });
    expect(part?.size).toBe(10);
    expect(Buffer.concat(await Array.fromAsync(part?.stream as AsyncIterable<Buffer>)).toString()).toBe('234');
  });

  test('S10: what is too large, or not what was announced, is refused and leaves nothing', async () => {
    await expect(blobs.put(contentOf(bytes('123456')), { maxBytes: 5 })).rejects.toMatchObject({
      code: 'body_too_large',
    });
    await expect(blobs.put(contentOf(bytes('x')), { maxBytes: 5, expected: hashOf('y') })).rejects.toMatchObject({
      code: 'blob_mismatch',
    });
    expect(await blobs.size(hashOf('x'))).toBeNull();
    expect(await leftovers()).toEqual([]);
  });

  test('a source that breaks off leaves nothing, and a start empties what a kill left', async () => {
    const broken = (async function* () {
      yield bytes('half');
      throw new Error('gone');
    })();
    await expect(blobs.put(broken, { maxBytes: 100 })).rejects.toThrow('gone');
    expect(await leftovers()).toEqual([]);
    expect(await readdir(folder)).toEqual(['tmp']);
  });

  test('a name that is no hash leads nowhere', async () => {
    expect(await blobs.size('../../etc/passwd')).toBeNull();
    expect(await blobs.open('..')).toBeNull();
  });
});
