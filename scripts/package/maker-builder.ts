import { basename, join } from 'node:path';
import { MakerBase, type MakerOptions } from '@electron-forge/maker-base';
import type { ForgePlatform } from '@electron-forge/shared-types';
import { build, type Configuration } from 'app-builder-lib';

/** What electron-builder makes better than forge: the installers that electron-updater can replace. */
export type BuilderTarget = 'nsis' | 'AppImage';

export interface BuilderConfig {
  appId: string;
  fileName: (version: string, arch: string) => string;
  configuration: Configuration;
}

/** A package by electron-builder around what forge has packaged; it changes nothing of it. */
export class BuilderMaker extends MakerBase<BuilderConfig> {
  override name: BuilderTarget;
  override defaultPlatforms: ForgePlatform[];
  private readonly given: BuilderConfig;

  constructor(target: BuilderTarget, config: BuilderConfig) {
    super(config, [target === 'nsis' ? 'win32' : 'linux']);
    this.name = target;
    this.given = config;
    this.defaultPlatforms = [target === 'nsis' ? 'win32' : 'linux'];
  }

  override isSupportedOnCurrentPlatform(): boolean {
    return true;
  }

  override clone(): BuilderMaker {
    return new BuilderMaker(this.name, this.given);
  }

  override async make({ dir, makeDir, targetArch, packageJSON }: MakerOptions): Promise<string[]> {
    const output = join(makeDir, this.name, targetArch);
    await this.ensureDirectory(output);
    const { appId, fileName, configuration } = this.given;
    const artifactName = fileName(packageJSON.version, targetArch);
    const made = await build({
      prepackaged: dir,
      [this.name === 'nsis' ? 'win' : 'linux']: [`${this.name}:${targetArch}`],
      publish: 'never',
      config: { ...configuration, appId, artifactName, directories: { output }, publish: null },
    });
    return made.filter((path) => !basename(path).endsWith('.yml'));
  }
}
