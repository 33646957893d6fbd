import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { masterKey } from './master-key.ts';
import { createVault } from './vault.ts';

const key = randomBytes(32);

it('S5: what is sealed opens with the same master key, for what it belongs to, and for nothing else', () => {
  const vault = createVault(key, randomBytes);
  const sealed = vault.seal('sk-ünïcode', 'ws-1', 'key-1');
  expect(vault.open(sealed, 'ws-1', 'key-1')).toBe('sk-ünïcode');
  expect(vault.open(sealed, 'ws-2', 'key-1')).toBeNull();
  expect(vault.open(sealed, 'ws-1key-1')).toBeNull();
  expect(createVault(randomBytes(32), randomBytes).open(sealed, 'ws-1', 'key-1')).toBeNull();
});

it('S5: a changed text does not open, and two seals of the same never look alike', () => {
  const vault = createVault(key, randomBytes);
  const sealed = vault.seal('secret', 'a');
  expect(vault.seal('secret', 'a')).not.toBe(sealed);
  for (const part of [1, 2, 3]) {
    const parts = sealed.split('.');
    const bytes = Buffer.from(parts[part] ?? '', 'base64url');
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    parts[part] = bytes.toString('base64url');
    expect(vault.open(parts.join('.'), 'a')).toBeNull();
  }
  for (const odd of ['', 'v1', 'v1...', 'v2.a.b.c']) expect(vault.open(odd, 'a')).toBeNull();
});

it('S5: the master key is made once, in a file of its owner alone; a damaged one is never made anew', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'otherthing-master-key-'));
  try {
    const make = () => masterKey(folder, undefined, randomBytes);
    // Of two at once one makes it; the other is refused, or reads the same.
    const made = (await Promise.allSettled([make(), make()])).flatMap((one) =>
      one.status === 'fulfilled' ? [one.value] : [],
    );
    const again = await make();
    expect(made.length).toBeGreaterThan(0);
    for (const one of made) expect(again.equals(one)).toBe(true);
    const path = join(folder, 'master.key');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await writeFile(path, 'short');
    await expect(masterKey(folder, undefined, randomBytes)).rejects.toMatchObject({ code: 'master_key_damaged' });
    expect(await readFile(path, 'utf8')).toBe('short');
    const given = randomBytes(32);
    expect((await masterKey(folder, given.toString('base64'), randomBytes)).equals(given)).toBe(true);
  } finally {
    await rm(folder, { recursive: true });
  }
});
