import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MakerDMG } from '@electron-forge/maker-dmg';
import { MakerZIP } from '@electron-forge/maker-zip';
import { FusesPlugin } from '@electron-forge/plugin-fuses';
import { PublisherGithub } from '@electron-forge/publisher-github';
import type { ForgeConfig, ForgeMakeResult } from '@electron-forge/shared-types';
import { packageRoot } from '../../src/platform/paths.ts';
import { findBinaries, placeBinaries } from './binaries.ts';
import { belongsInApp, besideArchive, type Target } from './contents.ts';
import { fuses } from './fuses.ts';
import { writeLatest } from './latest.ts';
import { BuilderMaker } from './maker-builder.ts';
import { DebMaker } from './maker-deb.ts';
import { appUpdateYaml, readReleases } from './releases.ts';

/** What whoever packages says in the environment; docs/packaging.md explains each. */
export interface PackageChoices {
  /** Folder with electron-v<version>-<platform>-<arch>.zip; downloaded when left out. */
  electronZips?: string | undefined;
  releases?: string | undefined;
  publisher?: string | undefined;
  deno?: string | undefined;
  kubo?: string | undefined;
  out?: string | undefined;
  rollout?: string | undefined;
  /** Big files, made quickly. */
  quick?: boolean;
}

const appId = 'app.otherthing.desktop';
const scheme = { name: 'OtherThing', schemes: ['otherthing'] };

/** electron-forge's configuration: what is packaged, how it is hardened, what is made of it, where it is published. */
export function forgeConfig(choices: PackageChoices): ForgeConfig {
  const root = packageRoot();
  const icon = join(root, 'resources', 'icons', 'icon');
  const releases = readReleases(choices.releases);
  const compression = choices.quick === true ? 'store' : 'normal';
  return {
    ...(choices.out === undefined ? {} : { outDir: choices.out }),
    packagerConfig: {
      name: 'OtherThing',
      executableName: process.platform === 'linux' ? 'otherthing' : 'OtherThing',
      appBundleId: appId,
      appCategoryType: 'public.app-category.developer-tools',
      icon,
      protocols: [scheme],
      asar: { unpack: besideArchive },
      ignore: (path) => !belongsInApp(path.replaceAll('\\', '/'), packagedFor()),
      ...(choices.electronZips === undefined ? {} : { electronZipDir: choices.electronZips }),
    },
    // sqlite3, sharp and onnxruntime speak Node-API: what npm installed runs in Electron as it is.
    rebuildConfig: { onlyModules: [] },
    plugins: [new FusesPlugin(fuses)],
    makers: [
      new MakerZIP({}, ['linux', 'darwin']),
      new DebMaker({ icon: `${icon}.png`, license: join(root, 'LICENSE'), compression: choices.quick ? 'gzip' : 'xz' }),
      new MakerDMG({ icon: `${icon}.icns` }),
      new BuilderMaker('AppImage', {
        appId,
        fileName: (version, arch) => `OtherThing-${version}-${arch}.AppImage`,
        configuration: {
          compression,
          protocols: scheme,
          toolsets: { appimage: '1.0.3' },
          linux: {
            icon: `${icon}.png`,
            category: 'Network',
            executableName: 'otherthing',
            mimeTypes: ['x-scheme-handler/otherthing'],
          },
        },
      }),
      new BuilderMaker('nsis', {
        appId,
        // The first system's name: links to it stay right.
        fileName: () => 'OtherThing-Node-Setup.exe',
        configuration: {
          compression,
          protocols: scheme,
          win: { icon: `${icon}.ico` },
          nsis: {
            oneClick: false,
            perMachine: false,
            allowToChangeInstallationDirectory: true,
            deleteAppDataOnUninstall: false,
          },
        },
      }),
    ],
    publishers:
      releases === null
        ? []
        : [
            new PublisherGithub({
              repository: { owner: releases.owner, name: releases.repo },
              draft: true,
              prerelease: false,
            }),
          ],
    hooks: {
      generateAssets: async () => runBuild(root),
      packageAfterCopy: async (_config, buildPath, _version, platform, arch) => {
        // The folder of the app's code lies in the folder of its resources.
        const resources = join(buildPath, '..');
        await placeBinaries(findBinaries({ platform, arch }, choices), resources);
        if (releases !== null)
          await writeFile(join(resources, 'app-update.yml'), appUpdateYaml(releases, choices.publisher));
      },
      postMake: async (_config, results) => withLatest(results, choices),
    },
  };
}

/** forge names the target on the command line alone; what is left out is this machine. */
function packagedFor(args: readonly string[] = process.argv): Target {
  const named = (option: string) => args.find((arg) => arg.startsWith(`--${option}=`))?.split('=')[1];
  return { platform: named('platform') ?? process.platform, arch: named('arch') ?? process.arch };
}

function runBuild(root: string): void {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'build.ts')], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('The build failed');
}

async function withLatest(results: ForgeMakeResult[], { rollout }: PackageChoices): Promise<ForgeMakeResult[]> {
  const made = results.map(({ artifacts, platform, arch, packageJSON }) => ({
    artifacts,
    platform,
    arch,
    version: packageJSON.version,
  }));
  const written = await writeLatest(made, { now: new Date(), rollout: readRollout(rollout) });
  const [first, ...others] = results;
  return first === undefined ? [] : [{ ...first, artifacts: [...first.artifacts, ...written] }, ...others];
}

function readRollout(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const percent = Number(text);
  if (!Number.isInteger(percent) || percent < 1 || percent > 100)
    throw new Error('OTHERTHING_ROLLOUT is a percentage from 1 to 100');
  return percent;
}
