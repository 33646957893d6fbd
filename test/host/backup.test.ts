/** Backups of a host that goes on working, and what is restored from them. */
import { appendFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { restoreBackup } from '../../src/cli/restore-backup.ts';
import { createCollections } from '../../src/orchestrator/vectors/collections.ts';
import { takeLock } from '../../src/platform/lock-file.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { temporaryFolder } from '../harness/host.ts';
import { inlineFlow, startTestHost, type TestHost } from './support.ts';

let host: TestHost;
let workspaceId: string;
let elsewhere: ReturnType<typeof temporaryFolder>;
beforeEach(async () => {
  host = await startTestHost();
  elsewhere = temporaryFolder('restored');
  workspaceId = (await host.owner.call('listWorkspaces', {})).items[0]?.id ?? '';
});
afterEach(async () => {
  await host.stop();
  host.remove();
  elsewhere.remove();
});

const params = () => ({ id: workspaceId });
const big = (number: number) => ({ number, text: `${number} `.repeat(120_000) });
const submit = async (number: number) =>
  (await host.owner.call('submitJobs', { params: params(), body: { jobs: [{ kind: 'ocr', input: big(number) }] } }))
    .jobIds[0] ?? '';
const upload = (name: string) => host.owner.upload(workspaceId, `${name}.txt`, `content of ${name}`, 'text/plain');
const restore = (from: string, replace = false) => restoreBackup({ from, dataDir: elsewhere.path, replace, now: 42 });

describe('backup and restore', () => {
  test('issue 4: what was acknowledged before a backup began is in it, with its content, while writing goes on', async () => {
    const acknowledged: { jobs: string[]; files: string[] } = { jobs: [], files: [] };
    let writing = true;
    const write = async (who: number) => {
      for (let turn = 0; writing; turn += 1) {
        acknowledged.jobs.push(await submit(who * 1_000 + turn));
        acknowledged.files.push((await upload(`${who}-${turn}`)).fileId);
        await host.owner.call('startRunOfFile', { params: params(), body: { file: inlineFlow(`${who} ${turn}`) } });
      }
    };
    const writers = [1, 2, 3].map(write);
    while (acknowledged.jobs.length < 15) await new Promise(setImmediate);
    const before = { jobs: [...acknowledged.jobs], files: [...acknowledged.files] };
    const backup = await host.owner.call('createBackup', {});
    writing = false;
    await Promise.all(writers);
    expect(backup.manifest.blobs.count).toBeGreaterThanOrEqual(before.jobs.length + before.files.length);

    expect(await restore(backup.path)).toMatchObject({ aside: null, manifest: { schema: backup.manifest.schema } });
    const restored = await startTestHost({ dataDir: elsewhere.path });
    try {
      for (const id of before.jobs) {
        const job = await restored.owner.call('getJob', { params: { id } });
        const sha256 = (job.input as { $blob: string }).$blob;
        await expect(stat(join(elsewhere.path, 'blobs', sha256.slice(0, 2), sha256))).resolves.toBeDefined();
      }
      for (const id of before.files) {
        const { ticket } = await restored.owner.call('createTicket', {});
        const answer = await fetch(`${restored.url}/api/v1/files/${id}/content?ticket=${ticket}`, {
          headers: { authorization: `Bearer ${restored.adminToken}` },
        });
        expect(await answer.text()).toMatch(/^content of \d-\d+$/);
      }
      const { items } = await restored.owner.call('listRuns', { params: params(), query: { limit: 500 } });
      expect(items.length).toBeGreaterThanOrEqual(12);
    } finally {
      await restored.stop();
    }
  });

  test('S13: a backup is told in the log of the host; the list shows it; nothing half-made is listed', async () => {
    const { name, path } = await host.owner.call('createBackup', {});
    await mkdir(join(host.dataDir, 'backups', 'backup-later.partial'));
    expect((await host.owner.call('listBackups', {})).items.map((backup) => backup.name)).toEqual([name]);
    expect((await readdir(path)).sort()).toEqual(expect.arrayContaining(['manifest.json', 'otherthing.db']));
    const { items } = await host.owner.call('listHostAudit', {});
    expect(items[0]).toMatchObject({ action: 'backup.created', actor: { by: 'start' }, from: expect.any(String) });
  });

  test('a folder that is not empty is kept unless it may be replaced, and then it is set aside whole', async () => {
    const { path } = await host.owner.call('createBackup', {});
    await writeFile(join(elsewhere.path, 'otherthing.db'), 'what was there');
    await writeFile(join(elsewhere.path, 'node.json'), 'the identity of the node stays');
    await expect(restore(path)).rejects.toThrow('--replace');
    expect(await restore(path, true)).toMatchObject({ aside: join(elsewhere.path, 'replaced-42') });
    expect((await readdir(elsewhere.path)).sort()).toEqual([
      ...['blobs', 'node.json', 'otherthing.db', 'replaced-42', 'vectors'],
    ]);
    expect(await readdir(join(elsewhere.path, 'replaced-42'))).toEqual(['otherthing.db']);
  });

  test('collections are in it, and are searched again after the restore; one that was changed is refused', async () => {
    await fill('animals');
    const backup = await host.owner.call('createBackup', {});
    expect(backup.manifest.vectors).toMatchObject([{ workspaceId, size: expect.any(Number) }]);
    await fill('written later');
    await restore(backup.path);
    const restored = await startTestHost({ dataDir: elsewhere.path });
    try {
      const { items } = await restored.owner.call('listCollections', { params: params() });
      expect(items).toMatchObject([{ name: 'animals', items: 2, dimensions: 2 }]);
    } finally {
      await restored.stop();
    }
    await appendFile(join(backup.path, 'vectors', `${workspaceId}.db`), 'x');
    await expect(restore(backup.path, true)).rejects.toThrow(/vectors.*does not have its hash/);
  });

  test('a folder in use is refused', async () => {
    const { path } = await host.owner.call('createBackup', {});
    const lock = await takeLock(join(elsewhere.path, 'orchestrator.lock'));
    await expect(restore(path)).rejects.toThrow(`process ${process.pid}`);
    await lock.release();
  });

  test.each<[string, (path: string) => Promise<unknown>, RegExp]>([
    [
      'a database that was changed',
      (path) => appendFile(join(path, 'otherthing.db'), 'x'),
      /otherthing.db does not have its hash/,
    ],
    ['a blob that was changed', async (path) => appendFile(await someBlob(path), 'x'), /does not have its hash/],
    ['a blob that is missing', async (path) => rm(await someBlob(path)), /not whole/],
    ['no manifest', (path) => rm(join(path, 'manifest.json')), /no backup/],
    [
      'a manifest of another kind',
      (path) => writeFile(join(path, 'manifest.json'), '{}'),
      /no backup that this version/,
    ],
  ])('a backup with %s is refused, and nothing is changed', async (_, harm, message) => {
    await upload('one');
    const { path } = await host.owner.call('createBackup', {});
    await harm(path);
    await expect(restore(path)).rejects.toThrow(message);
    expect((await readdir(elsewhere.path)).filter((name) => name !== 'orchestrator.lock')).toEqual([]);
  });

  test('a host does not begin on a folder whose restore was cut off', async () => {
    await mkdir(join(elsewhere.path, 'restoring'));
    await expect(startTestHost({ dataDir: elsewhere.path })).rejects.toThrow('half restored');
    expect(await readdir(elsewhere.path)).toEqual(['restoring']);
  });
});

/** Makes a collection of two texts in the data folder of the host, as a step would. */
async function fill(collection: string): Promise<void> {
  const collections = createCollections({ folder: join(host.dataDir, 'vectors'), clock: systemClock });
  const items = ['bees', 'wasps'].map((text, index) => ({ text, vector: [index, 1], metadata: {} }));
  await collections.upsert(workspaceId, { task: 'upsert', collection, items }, new AbortController().signal);
  await collections.stop();
}

/** A blob of the backup, as a file of its own: in it lies a link to the host's. */
async function someBlob(backup: string): Promise<string> {
  const [bucket = ''] = await readdir(join(backup, 'blobs'));
  const [name = ''] = await readdir(join(backup, 'blobs', bucket));
  return join(backup, 'blobs', bucket, name);
}
