import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { faultOf } from './faults.ts';
import { longestNotes, plainNotes } from './notes.ts';
import { findSource, readSource } from './source.ts';

let resources = '';
beforeEach(async () => {
  resources = await mkdtemp(join(tmpdir(), 'otherthing-source-'));
});
afterEach(() => rm(resources, { recursive: true, force: true }));

const yaml = 'provider: github\nowner: example\nrepo: otherthing\nupdaterCacheDirName: otherthing-updater\n';

test.each([
  ['another provider', 'provider: generic\nurl: https://example.org\n'],
  ['another host', `${yaml}host: example.org\n`],
  ['another protocol', `${yaml}protocol: http\n`],
  ['a token', `${yaml}token: abc\n`],
  ['a name that climbs', yaml.replace('otherthing\n', '../x\n')],
  ['nothing', ''],
])('S12: app-update.yml with %s is no source', (_what, text) => {
  expect(readSource(text)).toBeNull();
});

test('S12: the repository that was packaged is the source', () => {
  expect(readSource(`${yaml}publisherName:\n  - "Example: Ltd"\n`)).toEqual({ owner: 'example', repo: 'otherthing' });
});

test('what cannot update itself says what it is', async () => {
  await writeFile(join(resources, 'app-update.yml'), yaml);
  const linux = { platform: 'linux', resources, appImage: undefined };
  expect(await findSource({ ...linux, resources: undefined })).toBe('checkout');
  expect(await findSource(linux)).toBe('unpacked');
  expect(await findSource({ ...linux, appImage: '/a.AppImage' })).toEqual({ owner: 'example', repo: 'otherthing' });
  await writeFile(join(resources, 'package-type'), 'deb');
  expect(await findSource(linux)).toBe('deb');
  await rm(join(resources, 'app-update.yml'));
  expect(await findSource({ ...linux, platform: 'win32' })).toBe('no-source');
});

test('S12: notes are text: no markup, no address, no control character, not too long', () => {
  expect(
    plainNotes('<b>A</b> <img src="http://x/p.png"><a href="http://x">link</a><script>x()</script>\u202e\u0007'),
  ).toBe('A link');
  expect(
    plainNotes([
      { version: '1.1.0', note: '<p>B</p>' },
      { version: '1.0.1', note: null },
    ]),
  ).toMatch(/^1\.1\.0\n+B\n+1\.0\.1$/);
  expect(plainNotes(null)).toBe('');
  expect(plainNotes(`<p>${'a'.repeat(2 * longestNotes)}</p>`)).toHaveLength(longestNotes);
});

test.each([
  [{ code: 'ERR_CHECKSUM_MISMATCH' }, 'download', 'update_damaged'],
  [{ code: 'ENOSPC' }, 'download', 'update_disk'],
  [{ code: 'ECONNRESET' }, 'check', 'update_offline'],
  [{ code: 'ECONNRESET' }, 'download', 'update_cut'],
  [{ message: 'net::ERR_INTERNET_DISCONNECTED' }, 'check', 'update_offline'],
  [{ message: 'net::ERR_CONTENT_LENGTH_MISMATCH' }, 'download', 'update_cut'],
  [{ code: 'HTTP_ERROR_503' }, 'check', 'update_offline'],
  [{ code: 'EACCES' }, 'install', 'update_disk'],
  [new Error('?'), 'install', 'update_not_installed'],
] as const)('%o while it %ss is %s', (error, during, code) => {
  expect(faultOf(error, during)).toMatchObject({ code, during });
});
