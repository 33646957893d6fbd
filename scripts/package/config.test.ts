import { FuseV1Options } from '@electron/fuses';
import { describe, expect, test } from 'vitest';
import { findBinaries } from './binaries.ts';
import { forgeConfig } from './config.ts';
import { controlFile, debianVersion, desktopEntry } from './debian.ts';
import { fuses } from './fuses.ts';

describe('packaging', () => {
  test('S11: every fuse that Electron has is decided', () => {
    const known = Object.values(FuseV1Options).filter((value) => typeof value === 'number');
    const decided = Object.keys(fuses).flatMap((key) => (/^\d+$/.test(key) ? [Number(key)] : []));
    expect(decided.toSorted()).toEqual(known.toSorted());
    expect(fuses.strictlyRequireAllFuses).toBe(true);
    expect(fuses).toMatchObject({
      [FuseV1Options.RunAsNode]: false,
      [FuseV1Options.EnableCookieEncryption]: true,
      [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
      [FuseV1Options.EnableNodeCliInspectArguments]: false,
      [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
      [FuseV1Options.OnlyLoadAppFromAsar]: true,
      [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
    });
  });

  test('a package for every platform, otherthing:// links, drafts on GitHub', () => {
    const config = forgeConfig({ releases: 'example/otherthing' });
    const made = config.makers?.map((maker) => ('name' in maker ? [maker.name, maker.platforms] : []));
    expect(made).toEqual([
      ['zip', ['linux', 'darwin']],
      ['deb', ['linux']],
      ['dmg', ['darwin', 'mas']],
      ['AppImage', ['linux']],
      ['nsis', ['win32']],
    ]);
    expect(config.packagerConfig?.protocols).toEqual([{ name: 'OtherThing', schemes: ['otherthing'] }]);
    expect(config.packagerConfig?.asar).toBeTruthy();
    expect(config.publishers).toMatchObject([
      { config: { repository: { owner: 'example', name: 'otherthing' }, draft: true } },
    ]);
    expect(forgeConfig({}).publishers).toEqual([]);
  });

  test.each(['0', '101', 'half', '1.5'])('a rollout of %s is refused', async (rollout) => {
    const hook = forgeConfig({ rollout }).hooks?.postMake;
    await expect(hook?.({} as never, [])).rejects.toThrow('from 1 to 100');
  });

  test('without Deno for the target there is no package, and it says what to do', () => {
    expect(() => findBinaries({ platform: 'aix', arch: 'ppc64' }, {})).toThrow('OTHERTHING_DENO');
    expect(findBinaries({ platform: 'win32', arch: 'x64' }, { deno: process.execPath })).toEqual([
      { name: 'deno.exe', path: process.execPath },
    ]);
  });

  test('Debian: a beta sorts before its version; links are handled', () => {
    expect(debianVersion('1.2.0-beta.3')).toBe('1.2.0~beta.3');
    const control = controlFile(
      { version: '1.2.0', description: 'A\n\nB', maintainer: 'M <m@localhost>', installedSize: 9 },
      'x64',
    );
    expect(control).toContain('Architecture: amd64\n');
    expect(control).toContain('Description: A\n .\n B\n');
    expect(() => controlFile({ version: '1', description: '', maintainer: '', installedSize: 0 }, 'ia64')).toThrow(
      'ia64',
    );
    expect(desktopEntry('A')).toContain('MimeType=x-scheme-handler/otherthing;');
  });
});
