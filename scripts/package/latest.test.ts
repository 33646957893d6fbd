import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { latestName, latestYaml, writeLatest } from './latest.ts';
import { appUpdateYaml, readReleases } from './releases.ts';

const { load } = createRequire(import.meta.url)('js-yaml') as { load(text: string): Record<string, unknown> };
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-latest-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const now = new Date('2026-11-23T08:00:00Z');

async function artifact(name: string, content: string): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

describe('latest*.yml', () => {
  test('where electron-updater looks for a version', () => {
    expect(latestName('1.2.0', { platform: 'win32', arch: 'x64' })).toBe('latest.yml');
    expect(latestName('1.2.0', { platform: 'darwin', arch: 'arm64' })).toBe('latest-mac.yml');
    expect(latestName('1.2.0', { platform: 'linux', arch: 'x64' })).toBe('latest-linux.yml');
    expect(latestName('1.2.0', { platform: 'linux', arch: 'arm64' })).toBe('latest-linux-arm64.yml');
    expect(latestName('1.2.0-beta.3', { platform: 'linux', arch: 'x64' })).toBe('beta-linux.yml');
  });

  test('every platform has its file, with the sha512 and the size of what is installed there', async () => {
    const made = [
      { platform: 'linux', arch: 'x64', version: '1.2.0', artifacts: [await artifact('a.deb', 'debian')] },
      {
        platform: 'linux',
        arch: 'x64',
        version: '1.2.0',
        artifacts: [await artifact('a.AppImage', 'image'), await artifact('a.zip', 'z')],
      },
      {
        platform: 'win32',
        arch: 'x64',
        version: '1.2.0',
        artifacts: [await artifact('OtherThing-Node-Setup.exe', 'setup')],
      },
      {
        platform: 'darwin',
        arch: 'arm64',
        version: '1.2.0',
        artifacts: [await artifact('a.dmg', 'd'), await artifact('m.zip', 'mac')],
      },
    ];
    const written = await writeLatest(made, { now, rollout: 20 });
    expect(written.map((path) => basename(path)).toSorted()).toEqual([
      'latest-linux.yml',
      'latest-mac.yml',
      'latest.yml',
    ]);
    const sha512 = createHash('sha512').update('image').digest('base64');
    const yaml = load(await readFile(join(folder, 'latest-linux.yml'), 'utf8'));
    expect(yaml).toEqual({
      version: '1.2.0',
      files: [
        { url: 'a.AppImage', sha512, size: 5 },
        { url: 'a.deb', sha512: createHash('sha512').update('debian').digest('base64'), size: 6 },
      ],
      path: 'a.AppImage',
      sha512,
      releaseDate: now.toISOString(),
      stagingPercentage: 20,
    });
    expect(load(await readFile(join(folder, 'latest-mac.yml'), 'utf8'))).toMatchObject({ path: 'm.zip' });
    expect(load(await readFile(join(folder, 'latest.yml'), 'utf8'))).toMatchObject({
      path: 'OtherThing-Node-Setup.exe',
    });
  });

  test('a platform with nothing to install has no file', async () => {
    const made = [{ platform: 'linux', arch: 'x64', version: '1.2.0', artifacts: [await artifact('a.zip', 'z')] }];
    expect(await writeLatest(made, { now })).toEqual([]);
    expect(() => latestYaml({ version: '1.2.0', files: [], releaseDate: '' })).toThrow('no file');
  });
});

describe('app-update.yml', () => {
  test('S12: names the one repository, and who signs', () => {
    const releases = readReleases('example/other.thing');
    expect(releases).toEqual({ owner: 'example', repo: 'other.thing' });
    expect(load(appUpdateYaml(releases ?? { owner: '', repo: '' }, 'Example: "Ltd"'))).toEqual({
      provider: 'github',
      owner: 'example',
      repo: 'other.thing',
      updaterCacheDirName: 'otherthing-updater',
      publisherName: ['Example: "Ltd"'],
    });
  });

  test.each(['example', 'https://example.org/a/b', '../a', 'a/b/c', 'a b/c', 'a/b\nurl: x'])(
    'S12: %j is no repository',
    (text) => {
      expect(() => readReleases(text)).toThrow('owner/repository');
    },
  );

  test('a package without a repository takes no updates', () => {
    expect(readReleases(undefined)).toBeNull();
    expect(readReleases('')).toBeNull();
  });
});
