import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { UpdateObstacle } from '../../shared/model/updates.ts';

/** The repository whose releases this app takes (S12); written into the package (scripts/package). */
export interface UpdateSource {
  owner: string;
  repo: string;
}

export interface Installation {
  platform: string;
  /** Where a packaged app carries what is no part of its archive; undefined in a checkout. */
  resources: string | undefined;
  /** The file of the AppImage that runs, if one does. */
  appImage: string | undefined;
}

/** Where updates come from, or what stands in the way of them. */
export async function findSource({
  platform,
  resources,
  appImage,
}: Installation): Promise<UpdateSource | UpdateObstacle> {
  if (resources === undefined) return 'checkout';
  if (platform === 'linux' && (appImage === undefined || appImage === '')) {
    const type = await readFile(join(resources, 'package-type'), 'utf8').catch(() => '');
    return type.trim() === 'deb' ? 'deb' : 'unpacked';
  }
  const text = await readFile(join(resources, 'app-update.yml'), 'utf8').catch(() => '');
  return readSource(text) ?? 'no-source';
}

/**
 * Reads app-update.yml. Only a repository of GitHub counts: any other provider, host or protocol that somebody wrote into the file is
 * no source at all (S12).
 */
export function readSource(text: string): UpdateSource | null {
  const fields = new Map(text.split(/\r?\n/).flatMap((line) => entryOf(line)));
  const [owner = '', repo = ''] = [fields.get('owner'), fields.get('repo')];
  const known = ['provider', 'owner', 'repo', 'updaterCacheDirName', 'publisherName'];
  const asExpected = fields.get('provider') === 'github' && [...fields.keys()].every((name) => known.includes(name));
  const named = /^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/.test(owner) && /^[A-Za-z0-9_.-]{1,100}$/.test(repo);
  return asExpected && named ? { owner, repo } : null;
}

/** A line `name: value` that is not indented; everything else is part of a list. */
function entryOf(line: string): [string, string][] {
  const [, name, value] = /^([A-Za-z]+):\s*(.*)$/.exec(line) ?? [];
  return name === undefined || value === undefined ? [] : [[name, value.trim()]];
}
