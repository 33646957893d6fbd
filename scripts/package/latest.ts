import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A file that people install, as latest*.yml names it: base64 sha512, size in bytes. */
export interface ReleasedFile {
  name: string;
  sha512: string;
  size: number;
}

export interface Release {
  version: string;
  files: readonly ReleasedFile[];
  /** ISO 8601. */
  releaseDate: string;
  /** Percent of installations that are offered it at first; everybody when left out. */
  rollout?: number;
}

/** What electron-updater can install, by platform; the first is the one that older updaters take. */
const installable: Record<string, readonly string[]> = {
  win32: ['.exe'],
  darwin: ['.zip', '.dmg'],
  linux: ['.AppImage', '.deb'],
};

/**
 * The name of the file in which electron-updater of that machine looks for a version: latest.yml, latest-mac.yml, latest-linux.yml,
 * latest-linux-arm64.yml; and beta… for a version such as 1.2.0-beta.3.
 */
export function latestName(version: string, { platform, arch }: { platform: string; arch: string }): string {
  const channel = /^\d+\.\d+\.\d+-([A-Za-z]+)/.exec(version)?.[1] ?? 'latest';
  if (platform === 'darwin') return `${channel}-mac.yml`;
  if (platform === 'linux') return `${channel}-linux${arch === 'x64' ? '' : `-${arch}`}.yml`;
  return `${channel}.yml`;
}

/** The text of a latest*.yml (UpdateInfo of builder-util-runtime). Throws when there is nothing to install. */
export function latestYaml({ version, files, releaseDate, rollout }: Release): string {
  const [first] = files;
  if (first === undefined) throw new Error(`Version ${version} has no file that could be installed`);
  const listed = files.flatMap(({ name, sha512, size }) => [
    `  - url: ${name}`,
    `    sha512: ${sha512}`,
    `    size: ${size}`,
  ]);
  return [
    `version: ${version}`,
    'files:',
    ...listed,
    `path: ${first.name}`,
    `sha512: ${first.sha512}`,
    `releaseDate: '${releaseDate}'`,
    ...(rollout === undefined ? [] : [`stagingPercentage: ${rollout}`]),
    '',
  ].join('\n');
}

/** What forge says about a platform's artifacts. */
export interface Made {
  artifacts: readonly string[];
  platform: string;
  arch: string;
  version: string;
}

export interface LatestOptions {
  now: Date;
  rollout?: number | undefined;
}

/** Writes the latest*.yml of each platform beside its first artifact; answers their paths. A platform with nothing to install has none. */
export async function writeLatest(made: readonly Made[], { now, rollout }: LatestOptions): Promise<string[]> {
  const targets = Map.groupBy(made, ({ version, platform, arch }) => latestName(version, { platform, arch }));
  const written: string[] = [];
  for (const [name, parts] of targets) {
    const paths = installableOf(parts);
    const [first] = paths;
    if (first === undefined) continue;
    const files = await Promise.all(paths.map(describe));
    const version = parts[0]?.version ?? '';
    const text = latestYaml({
      version,
      files,
      releaseDate: now.toISOString(),
      ...(rollout === undefined ? {} : { rollout }),
    });
    const path = join(dirname(first), name);
    await writeFile(path, text);
    written.push(path);
  }
  return written;
}

function installableOf(parts: readonly Made[]): string[] {
  const endings = installable[parts[0]?.platform ?? ''] ?? [];
  const paths = parts.flatMap(({ artifacts }) => artifacts);
  return endings.flatMap((ending) => paths.filter((path) => path.endsWith(ending)));
}

async function describe(path: string): Promise<ReleasedFile> {
  const hash = createHash('sha512');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return { name: basename(path), sha512: hash.digest('base64'), size: (await stat(path)).size };
}
