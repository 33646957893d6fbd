import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshConfig, type NodeConfigFile, openNodeConfig } from '../../platform/node-config.ts';
import { systemClock } from '../../shared/clock.ts';
import { createIdSource } from '../../shared/ids.ts';
import { copyFolder } from './copy-folder.ts';
import { openStorage, type StorageDeps } from './storage.ts';

const ids = createIdSource(systemClock, Math.random);
const never = new AbortController().signal;
const contents = [randomBytes(400_000), randomBytes(10)];
const nameOf = (content: Buffer) => createHash('sha256').update(content).digest('hex');

let folder: string;
let home: string;
let drive: string;
let config: NodeConfigFile;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-storage-'));
  [home, drive] = [join(folder, 'home'), join(folder, 'drive')];
  await mkdir(join(home, 'cache'), { recursive: true });
  await mkdir(drive);
  for (const content of contents) await writeFile(join(home, 'cache', nameOf(content)), content);
  config = await openNodeConfig(folder, ids, systemClock);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (deps: Partial<StorageDeps> = {}) =>
  openStorage({ config, home, idle: async () => undefined, onChanged: () => undefined, ...deps });
const held = async (place: string) => (await readdir(join(place, 'cache'))).sort();
const names = contents.map(nameOf).sort();
const there = () => join(drive, 'OtherThing');

describe('moving files to another drive', () => {
  it('copies, keeps it in the configuration, uses the new folder, and removes the old one', async () => {
    const storage = await open();
    expect(storage.look()).toMatchObject({ folder: home, chosen: null, heldBytes: 400_010, problem: null });
    await storage.move(drive);
    expect(storage.look()).toMatchObject({
      folder: there(),
      chosen: drive,
      heldBytes: 400_010,
      problem: null,
      move: null,
    });
    expect(storage.jobs()).toBe(join(there(), 'jobs'));
    expect(await held(there())).toEqual(names);
    expect(existsSync(join(home, 'cache'))).toBe(false);
    const kept = await openNodeConfig(folder, ids, systemClock);
    expect(kept.config.resourceLimits.storagePath).toBe(drive);
    expect(kept.config).not.toHaveProperty('storageLeft');
    await storage.move(null);
    expect([storage.look().folder, await held(home), existsSync(join(there(), 'cache'))]).toEqual([home, names, false]);
  });

  it('tells how far it is: waits, copies, compares', async () => {
    const phases: string[] = [];
    const storage = await open({
      onChanged: () => {
        const phase = storage.look().move?.phase;
        if (phase !== undefined && phases.at(-1) !== phase) phases.push(phase);
      },
    });
    await storage.move(drive);
    expect(phases).toEqual(['waits', 'copies', 'compares']);
  });

  it('cancelled while it waits for jobs: nothing has changed', async () => {
    const storage = await open({
      idle: (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    const over = storage.move(drive);
    expect([storage.moving(), storage.look().move?.phase]).toEqual([true, 'waits']);
    storage.cancelMove();
    await over;
    expect(storage.look()).toMatchObject({ folder: home, chosen: null, problem: null, move: null });
    expect(await held(home)).toEqual(names);
  });

  it('a configuration that cannot be written: files stay where they are, the copy is removed, and it says why', async () => {
    const storage = await open({
      config: { ...config, change: () => Promise.reject(new Error('the disk is full')) },
    });
    await storage.move(drive);
    expect(storage.look()).toMatchObject({ folder: home, problem: 'Files stay where they are: the disk is full' });
    expect([await held(home), existsSync(join(there(), 'cache'))]).toEqual([names, false]);
  });

  it("never takes over another node's folder, something else's, or one that is not there", async () => {
    const storage = await open();
    await mkdir(there());
    await writeFile(join(there(), 'thesis.doc'), 'mine');
    await storage.move(drive);
    expect(storage.look().problem).toMatch(/holds something else already/);
    expect(await readFile(join(there(), 'thesis.doc'), 'utf8')).toBe('mine');
    await rm(join(there(), 'thesis.doc'));
    await writeFile(join(there(), 'otherthing-storage.json'), JSON.stringify({ nodeId: freshConfig(ids).nodeId }));
    await storage.move(drive);
    expect(storage.look().problem).toMatch(/Another node keeps its files/);
    await storage.move(join(folder, 'nowhere'));
    expect(storage.look().problem).toMatch(/There is no folder/);
    expect(storage.look().folder).toBe(home);
  });
});

describe('at the start', () => {
  it('a drive that is gone: files are kept in the data folder meanwhile, and it says so', async () => {
    await (await open()).move(drive);
    await rm(drive, { recursive: true });
    const storage = await open();
    expect(storage.look()).toMatchObject({ folder: home, chosen: drive });
    expect(storage.look().problem).toMatch(/There is no folder .*meanwhile/);
  });

  it('killed after the configuration was written: the old folder is removed at the next start', async () => {
    await mkdir(there());
    await config.change({ resourceLimits: { storagePath: drive }, storageLeft: home });
    const storage = await open();
    expect([storage.look().folder, existsSync(join(home, 'cache'))]).toEqual([there(), false]);
    expect(config.config).not.toHaveProperty('storageLeft');
  });

  it('what attempts of an earlier life left is removed', async () => {
    await mkdir(join(home, 'jobs', 'job-1'), { recursive: true });
    await open();
    expect(await readdir(join(home, 'jobs'))).toEqual([]);
  });
});

it('S8: holds no more than its owner allows', async () => {
  const storage = await open();
  expect(storage.look().mostBytes).toBe(2e9);
  await config.change({ resourceLimits: { storageGb: 0.0001 } });
  storage.resize();
  expect(storage.look().mostBytes).toBe(100_000);
  await expect.poll(() => storage.look().heldBytes).toBeLessThanOrEqual(100_000);
});

it('a copy that is cut off rejects, and says what it was asked with', async () => {
  const stop = AbortSignal.abort(new Error('enough'));
  const copying = copyFolder(join(home, 'cache'), there(), { signal: stop, onProgress: () => undefined });
  await expect(copying).rejects.toThrow();
  const seen: number[] = [];
  await copyFolder(join(home, 'cache'), there(), { signal: never, onProgress: ({ bytes }) => seen.push(bytes) });
  expect(Math.max(...seen)).toBe(400_010);
  expect((await readdir(there())).sort()).toEqual(names);
});
