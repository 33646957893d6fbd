import { createPublicKey, verify } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openNodeConfig } from '../platform/node-config.ts';
import { systemClock } from '../shared/clock.ts';
import { createIdSource } from '../shared/ids.ts';
import { parseShareKey } from '../shared/share-key.ts';
import { openIdentity } from './identity.ts';

const ids = createIdSource(systemClock, Math.random);
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-node-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('node-config.json', () => {
  it('is made once, with an id and a share key, and read again', async () => {
    const { config, notice } = await openNodeConfig(folder, ids, systemClock);
    expect(config.nodeId).toMatch(/^node-[0-9A-Z]{26}$/);
    expect(parseShareKey(config.shareKey)).toBe(config.shareKey);
    expect(notice).toBeNull();
    expect((await openNodeConfig(folder, ids, systemClock)).config).toEqual(config);
  });

  it('takes the names of the first system, forgives a share key as typed, and keeps unknown fields', async () => {
    const first = {
      nodeId: 'node-abc123',
      shareKey: 'ab3x7k9m',
      resourceLimits: { cpuCores: 2, gpus: {} },
      remoteControlEnabled: true,
      theme: 'dark',
    };
    await writeFile(join(folder, 'node-config.json'), JSON.stringify(first));
    const file = await openNodeConfig(folder, ids, systemClock);
    expect(file.config).toEqual({ ...first, shareKey: 'AB3X7K9M' });
    await file.change({ remoteControlEnabled: false });
    expect(JSON.parse(await readFile(join(folder, 'node-config.json'), 'utf8'))).toMatchObject({
      theme: 'dark',
      remoteControlEnabled: false,
    });
  });

  it('N13: limits from afar and a drive that has just been moved to do not undo each other', async () => {
    const file = await openNodeConfig(folder, ids, systemClock);
    await Promise.all([
      file.change({ resourceLimits: { storagePath: '/mnt/large' } }),
      file.change({ resourceLimits: { cpuCores: 2 } }),
    ]);
    expect(file.config.resourceLimits).toEqual({ ramPercent: 75, cpuCores: 2, storagePath: '/mnt/large' });
    await Promise.all([file.change({}, ['storagePath']), file.change({ resourceLimits: { ramPercent: 50 } })]);
    expect(file.config.resourceLimits).toEqual({ ramPercent: 50, cpuCores: 2 });
  });

  it('is taken over from the first system once, whose file stays as it is', async () => {
    const theirs = join(folder, 'theirs.json');
    const limits = { cpuCores: 3, ramPercent: 40, storageGb: 20, storagePath: '/data' };
    const first = { shareKey: 'ab3x-7k9m', nodeId: 'node-abc123', resourceLimits: limits, remoteControlEnabled: true };
    await writeFile(theirs, JSON.stringify(first));
    const { config, takenFrom } = await openNodeConfig(folder, ids, systemClock, theirs);
    expect([config, takenFrom]).toEqual([{ ...first, shareKey: 'AB3X7K9M' }, theirs]);
    await writeFile(theirs, JSON.stringify({ ...first, nodeId: 'node-other' }));
    const again = await openNodeConfig(folder, ids, systemClock, theirs);
    expect([again.config.nodeId, again.takenFrom]).toEqual(['node-abc123', null]);
  });

  it.each(['', '{', '{"nodeId": 7}', '{"nodeId": "node-1", "shareKey": "AB3X7K9M", "resourceLimits": 3}'])(
    'a file of the first system that cannot be read makes a new node: %s',
    async (text) => {
      const theirs = join(folder, 'theirs.json');
      await writeFile(theirs, text);
      const { config, takenFrom } = await openNodeConfig(folder, ids, systemClock, theirs);
      expect([config.nodeId === 'node-1', takenFrom]).toEqual([false, null]);
    },
  );

  it('a damaged one is set aside, never overwritten', async () => {
    await writeFile(join(folder, 'node-config.json'), '{"nodeId": "node-1", ');
    const { notice, config } = await openNodeConfig(folder, ids, systemClock);
    expect(notice).toMatch(/damaged/);
    expect(config.nodeId).not.toBe('node-1');
    const kept = (await readdir(folder)).find((name) => name.includes('damaged'));
    expect(await readFile(join(folder, kept ?? ''), 'utf8')).toBe('{"nodeId": "node-1", ');
  });
});

describe('node-identity.json', () => {
  it('N2: signs so that anybody with the public key can check, and stays the same', async () => {
    const { identity, replaced } = await openIdentity(folder, systemClock);
    expect(replaced).toBe(false);
    const key = createPublicKey({ key: Buffer.from(identity.publicKey, 'base64'), format: 'der', type: 'spki' });
    const signature = Buffer.from(identity.prove('node-1', 'nonce'), 'base64');
    expect(verify(null, Buffer.from('otherthing-node:node-1:nonce'), key, signature)).toBe(true);
    expect(verify(null, Buffer.from('otherthing-node:node-2:nonce'), key, signature)).toBe(false);
    expect((await openIdentity(folder, systemClock)).identity.publicKey).toBe(identity.publicKey);
  });

  it.skipIf(process.platform === 'win32')('is readable by its owner alone', async () => {
    await openIdentity(folder, systemClock);
    expect((await stat(join(folder, 'node-identity.json'))).mode & 0o777).toBe(0o600);
  });

  it('a damaged one is replaced, and that is told', async () => {
    await writeFile(join(folder, 'node-identity.json'), JSON.stringify({ algorithm: 'ed25519', privateKey: 'AAAA' }));
    expect((await openIdentity(folder, systemClock)).replaced).toBe(true);
  });
});
