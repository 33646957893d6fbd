import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { MakerBase, type MakerOptions } from '@electron-forge/maker-base';
import type { ForgePlatform } from '@electron-forge/shared-types';
import { controlFile, debianArchitecture, debianVersion, desktopEntry, refreshDesktop } from './debian.ts';

export interface DebConfig {
  /** A PNG of 512 pixels. */
  icon: string;
  license: string;
  /** Of dpkg-deb: xz is small, gzip is quick. */
  compression: 'xz' | 'gzip';
}

/** A Debian package by dpkg-deb. forge's own maker needs a package that npm leaves out on older Nodes, and fails then. */
export class DebMaker extends MakerBase<DebConfig> {
  override name = 'deb';
  override defaultPlatforms: ForgePlatform[] = ['linux'];
  override requiredExternalBinaries = ['dpkg-deb'];

  override isSupportedOnCurrentPlatform(): boolean {
    return process.platform === 'linux';
  }

  override async make({ dir, makeDir, targetArch, packageJSON }: MakerOptions): Promise<string[]> {
    const architecture = debianArchitecture(targetArch);
    const folder = join(makeDir, 'deb', targetArch);
    await this.ensureDirectory(folder);
    const stage = join(folder, 'stage');
    const path = join(folder, `otherthing_${debianVersion(packageJSON.version)}_${architecture}.deb`);
    await this.layOut(stage, dir, packageJSON.description);
    const installedSize = await kibibytes(stage);
    const app = { version: packageJSON.version, description: packageJSON.description, installedSize };
    await this.writeControl(
      stage,
      controlFile({ ...app, maintainer: `${packageJSON.author} <otherthing@localhost>` }, targetArch),
    );
    await promisify(execFile)('dpkg-deb', [
      `-Z${this.config.compression}`,
      ...(this.config.compression === 'gzip' ? ['-z1'] : []),
      '--root-owner-group',
      '--build',
      stage,
      path,
    ]);
    await rm(stage, { recursive: true });
    return [path];
  }

  private async layOut(stage: string, dir: string, description: string): Promise<void> {
    const app = join(stage, 'usr/lib/otherthing');
    await cp(dir, app, { recursive: true, verbatimSymlinks: true });
    // So that the app says how it is updated (src/main/updates/source.ts).
    await writeFile(join(app, 'resources', 'package-type'), 'deb');
    // Chromium's own sandbox where the kernel gives ordinary users no namespaces.
    await chmod(join(app, 'chrome-sandbox'), 0o4755).catch(() => undefined);
    await place(stage, 'usr/share/applications/otherthing.desktop', desktopEntry(description));
    await placeFile(stage, 'usr/share/icons/hicolor/512x512/apps/otherthing.png', this.config.icon);
    await placeFile(stage, 'usr/share/doc/otherthing/copyright', this.config.license);
    await mkdir(join(stage, 'usr/bin'), { recursive: true });
    await symlink('../lib/otherthing/otherthing', join(stage, 'usr/bin/otherthing'));
  }

  private async writeControl(stage: string, control: string): Promise<void> {
    await place(stage, 'DEBIAN/control', control);
    for (const name of ['postinst', 'postrm']) await place(stage, `DEBIAN/${name}`, refreshDesktop, 0o755);
  }
}

async function place(stage: string, path: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(join(stage, path)), { recursive: true, mode: 0o755 });
  await writeFile(join(stage, path), text);
  await chmod(join(stage, path), mode);
}

async function placeFile(stage: string, path: string, from: string): Promise<void> {
  await mkdir(dirname(join(stage, path)), { recursive: true });
  await copyFile(from, join(stage, path));
  await chmod(join(stage, path), 0o644);
}

async function kibibytes(folder: string): Promise<number> {
  const files = globSync('**/*', { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map((entry) => stat(join(entry.parentPath, entry.name))));
  return sizes.reduce((sum, { size }) => sum + Math.ceil(size / 1024), 0);
}
