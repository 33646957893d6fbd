import { globSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppUpdater } from 'electron-updater';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFeed } from '../../src/main/updates/feed.ts';
import { openUpdates, type UpdateService } from '../../src/main/updates/updates.ts';
import type { UpdateFault, Updates } from '../../src/shared/model/updates.ts';
import { appImageUpdater, nsisUpdater, testApp } from './node-updater.ts';
import { contentOf, type ReleaseServer, startReleaseServer } from './release-server.ts';

/** Updates end to end without Electron: electron-updater's own classes against a server that behaves like GitHub, for better and worse. */
const source = { owner: 'example', repo: 'otherthing' };
const logger = { info() {}, warn() {}, error() {}, debug() {} };

let folder = '';
let server: ReleaseServer;
let service: UpdateService | undefined;
let running = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-updates-'));
  server = await startReleaseServer();
  await mkdir(join(folder, 'programs'));
  running = join(folder, 'programs', 'OtherThing-1.0.0-x64.AppImage');
  await writeFile(running, contentOf('1.0.0'), { mode: 0o755 });
});
afterEach(async () => {
  service?.stop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Setting {
  version?: string;
  windows?: (publishers: string[]) => string | null;
  target?: string;
}

async function open({ version = '1.0.0', windows, target = running }: Setting = {}) {
  const app = testApp(folder, version);
  await writeFile(
    join(folder, 'app-update.yml'),
    'provider: github\nupdaterCacheDirName: otherthing-updater\npublisherName:\n  - Example\n',
  );
  const seen: Updates[] = [];
  const deeds: string[] = [];
  const faults: UpdateFault[] = [];
  const updater = (): AppUpdater => {
    const place = { app, host: server.host };
    return windows === undefined ? appImageUpdater(place, target) : nsisUpdater(place, windows);
  };
  const opened = await openUpdates({
    dataDir: folder,
    version,
    clock: { now: () => 1_000 },
    source,
    openFeed: (from, channel) =>
      openFeed({
        source: from,
        channel,
        logger,
        updater: updater(),
        quit: () => deeds.push('quit'),
        checkDeadline: 2_000,
        stallDeadline: 500,
      }),
    stopServices: async () => void deeds.push('stop'),
    onChange: (updates) => seen.push(updates),
    onFault: (fault) => faults.push(fault),
    onNotInstalled: () => deeds.push('not installed'),
    firstCheckAfter: 600_000,
  });
  service = opened;
  const reaches = async (...states: string[]) => {
    await expect
      .poll(() => opened.standing().state.state, { timeout: 10_000 })
      .toSatisfy((state: string) => states.includes(state));
    return opened.standing();
  };
  return { opened, app, seen, deeds, faults, reaches };
}

const installed = () => readFile(running);
/** What lies in the cache of downloads. */
const kept = () => globSync('cache/**/*.{AppImage,exe}', { cwd: folder });

describe('updates of an installed app', () => {
  test('newer: found, downloaded with progress, notes without markup, services ended first, then in its place, and quit', async () => {
    server.releases = [
      {
        version: '1.1.0',
        notes: '<h2>New</h2><ul><li>Faster <a href="javascript:alert(1)">runs</a></li></ul><script>alert(1)</script>',
      },
    ];
    const { opened, seen, deeds, reaches } = await open();
    opened.check(false);
    const { state } = await reaches('ready');
    expect(state).toMatchObject({ update: { version: '1.1.0', older: false, size: contentOf('1.1.0').length } });
    expect('update' in state && state.update.notes).toMatch(/^New\n+ \* Faster runs$/);
    expect(seen.map((updates) => updates.state.state)).toEqual(
      expect.arrayContaining(['checking', 'downloading', 'ready']),
    );
    expect(seen.some(({ state: one }) => one.state === 'downloading' && one.percent === 100)).toBe(true);
    expect(opened.standing().checkedAt).toBe(1_000);
    expect((await installed()).equals(contentOf('1.0.0'))).toBe(true);
    opened.install();
    await expect.poll(() => deeds).toContain('quit');
    expect(deeds).toEqual(['stop', 'quit']);
    expect((await installed()).equals(contentOf('1.1.0'))).toBe(true);
    expect(globSync('programs/*', { cwd: folder })).toEqual(['programs/OtherThing-1.0.0-x64.AppImage']);
  });

  test('same: nothing is downloaded', async () => {
    server.releases = [{ version: '1.0.0' }];
    const { opened, reaches } = await open();
    opened.check(false);
    await reaches('current');
    expect(server.asked.filter((path) => path.endsWith('.AppImage'))).toEqual([]);
  });

  test('S12: older is refused; asked for by hand it is taken, and never installed without a word', async () => {
    server.releases = [{ version: '0.9.0' }];
    const { opened, app, reaches, deeds } = await open();
    opened.check(false);
    await reaches('current');
    opened.check(true);
    expect((await reaches('ready')).state).toMatchObject({ update: { version: '0.9.0', older: true } });
    app.quitWith(0);
    expect((await installed()).equals(contentOf('1.0.0'))).toBe(true);
    opened.install();
    await expect.poll(() => deeds).toContain('quit');
    expect((await installed()).equals(contentOf('0.9.0'))).toBe(true);
  });

  test('staged: offered to those whose turn it is', async () => {
    // The last 4 bytes of this id are the middle of their range.
    await writeFile(join(folder, '.updaterId'), '6ba7b812-9dad-51d1-80b4-00c080000000');
    server.releases = [{ version: '1.1.0', rollout: 40 }];
    const { opened, reaches } = await open();
    opened.check(false);
    await reaches('current');
    server.releases = [{ version: '1.1.0', rollout: 60 }];
    opened.check(false);
    await reaches('ready');
  });

  test('S12: a tampered file is thrown away, and the right one is taken later', async () => {
    const served = contentOf('1.1.0').fill('x', 200, 210);
    server.releases = [{ version: '1.1.0', served }];
    const { opened, reaches } = await open();
    opened.check(false);
    expect((await reaches('failed')).state).toMatchObject({ fault: { code: 'update_damaged', during: 'download' } });
    expect(kept()).toEqual([]);
    opened.install();
    expect((await installed()).equals(contentOf('1.0.0'))).toBe(true);
    server.releases = [{ version: '1.1.0' }];
    opened.check(false);
    await reaches('ready');
  });

  test.each([
    ['without a hash', 'version: 1.1.0\nfiles:\n  - url: a.AppImage\npath: a.AppImage\n', 'update_damaged'],
    [
      'with another hash',
      `version: 1.1.0\nfiles:\n  - url: a.AppImage\n    sha512: ${Buffer.alloc(64).toString('base64')}\n    size: 9\n`,
      'update_damaged',
    ],
    ['that is nonsense', '<html>', 'update_source'],
    ['with no version', 'version: newest\nfiles:\n  - url: a.AppImage\n    sha512: YQ==\n', 'update_source'],
  ])('S12: a latest-linux.yml %s is refused', async (_what, yaml, code) => {
    server.releases = [{ version: '1.1.0', yaml }];
    const { opened, reaches } = await open();
    opened.check(false);
    expect((await reaches('failed')).state).toMatchObject({ fault: { code } });
    expect(kept()).toEqual([]);
    expect((await installed()).equals(contentOf('1.0.0'))).toBe(true);
  });

  test('cut in the middle: a clear error, nothing left, and whole the next time', async () => {
    server.releases = [{ version: '1.1.0' }];
    server.behaviour = 'cut';
    const { opened, reaches } = await open();
    opened.check(false);
    expect((await reaches('failed')).state).toMatchObject({ fault: { code: 'update_cut' } });
    expect(kept()).toEqual([]);
    server.behaviour = 'well';
    opened.check(false);
    await reaches('ready');
  });

  test('a download that stands still is ended', async () => {
    server.releases = [{ version: '1.1.0' }];
    server.behaviour = 'silent-file';
    const { opened, reaches } = await open();
    opened.check(false);
    expect((await reaches('failed')).state).toMatchObject({ fault: { code: 'update_stalled' } });
    expect(kept()).toEqual([]);
  });

  test('S12: an installer that somebody else signed is thrown away', async () => {
    server.releases = [{ version: '1.1.0' }];
    const { opened, reaches } = await open({
      windows: (publishers) => `signed by Mallory, not by ${publishers.join()}`,
    });
    opened.check(false);
    expect((await reaches('failed')).state).toMatchObject({ fault: { code: 'update_not_signed' } });
    expect(kept()).toEqual([]);
  });

  test('S12: on Windows the signature of the publisher is looked at, and the rest is the same', async () => {
    server.releases = [{ version: '1.1.0' }];
    const asked: string[][] = [];
    const right = (publishers: string[]) => {
      asked.push(publishers);
      return null;
    };
    const { opened, reaches } = await open({ windows: right });
    opened.check(false);
    await reaches('ready');
    expect(asked).toEqual([['Example']]);
    expect(kept()).toEqual(['cache/otherthing-updater/pending/OtherThing-Node-Setup.exe']);
  });

  test('nobody there, no answer, no release: each in its own words', async () => {
    const { opened, reaches, faults } = await open();
    opened.check(false);
    await reaches('failed');
    server.releases = [{ version: '2.0.0-beta.1' }];
    opened.check(false);
    await expect.poll(() => faults.length).toBe(2);
    server.behaviour = 'silent';
    opened.check(false);
    await expect.poll(() => faults.length, { timeout: 5_000 }).toBe(3);
    await server.stop();
    opened.check(false);
    await expect.poll(() => faults.length, { timeout: 5_000 }).toBe(4);
    expect(faults.map(({ code }) => code)).toEqual(['update_none', 'update_none', 'update_offline', 'update_offline']);
    expect(faults.every(({ message, next }) => message !== '' && next !== '')).toBe(true);
  });

  test('beta: chosen, found; back on stable nothing older is taken', async () => {
    server.releases = [{ version: '2.0.0-beta.1' }, { version: '1.0.0' }];
    const { opened, reaches } = await open();
    opened.check(false);
    await reaches('current');
    await opened.choose({ enabled: true, channel: 'beta', atQuit: true });
    expect((await reaches('ready')).state).toMatchObject({ update: { version: '2.0.0-beta.1' } });
    opened.stop();
    const later = await open({ version: '2.0.0-beta.1' });
    expect(later.opened.standing().choices.channel).toBe('beta');
    await later.opened.choose({ enabled: true, channel: 'stable', atQuit: true });
    await later.reaches('current');
  });

  test('switched off it asks nobody; switched on it asks at once', async () => {
    server.releases = [{ version: '1.1.0' }];
    const { opened, reaches } = await open();
    await opened.choose({ enabled: false, channel: 'stable', atQuit: true });
    opened.check(false);
    expect(opened.standing().state).toEqual({ state: 'off', because: 'switched-off' });
    expect(server.asked).toEqual([]);
    await opened.choose({ enabled: true, channel: 'stable', atQuit: true });
    await reaches('ready');
  });

  test('when the app is closed: installed, unless that is switched off or the app ended badly', async () => {
    server.releases = [{ version: '1.1.0' }];
    const { opened, app, reaches } = await open();
    opened.check(false);
    await reaches('ready');
    app.quitWith(1);
    await opened.choose({ enabled: true, channel: 'stable', atQuit: false });
    app.quitWith(0);
    expect((await installed()).equals(contentOf('1.0.0'))).toBe(true);
    await opened.choose({ enabled: true, channel: 'stable', atQuit: true });
    app.quitWith(0);
    expect((await installed()).equals(contentOf('1.1.0'))).toBe(true);
  });

  test('an app that cannot be replaced stays as it is, and starts again', async () => {
    server.releases = [{ version: '1.1.0' }];
    const { opened, deeds, reaches } = await open({ target: join(folder, 'gone', 'OtherThing.AppImage') });
    opened.check(false);
    await reaches('ready');
    opened.install();
    expect((await reaches('failed')).state).toMatchObject({
      fault: { code: 'update_not_installed', during: 'install' },
    });
    await expect.poll(() => deeds).toEqual(['stop', 'not installed']);
    expect((await installed()).equals(contentOf('1.0.0'))).toBe(true);
  });
});
