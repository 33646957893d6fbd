/** The built app as an AppImage carries it: its package as `app.asar`, the source of its updates beside it. */
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/platform/paths.ts';

export interface InstalledApp {
  /** What is started. */
  readonly folder: string;
  readonly version: string;
  /** The file that people start, and that an update replaces. */
  readonly appImage: string;
}

/** Lays it out. An archive that only Electron reads is a folder of the same name here. */
export function installApp(place: string, version: string, content: Buffer): InstalledApp {
  const resources = join(place, 'resources');
  const folder = join(resources, 'app.asar');
  mkdirSync(folder, { recursive: true });
  for (const part of ['dist', 'resources']) cpSync(join(packageRoot(), part), join(folder, part), { recursive: true });
  symlinkSync(join(packageRoot(), 'node_modules'), join(folder, 'node_modules'));
  symlinkSync(folder, join(resources, 'app.asar.unpacked'));
  const manifest = { name: 'otherthing', version, type: 'module', main: 'dist/main/main.js' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const source = ['provider: github', 'owner: example', 'repo: otherthing', 'updaterCacheDirName: otherthing-updater'];
  writeFileSync(join(resources, 'app-update.yml'), `${source.join('\n')}\n`);
  const appImage = join(place, 'OtherThing.AppImage');
  writeFileSync(appImage, content, { mode: 0o755 });
  return { folder, version, appImage };
}
