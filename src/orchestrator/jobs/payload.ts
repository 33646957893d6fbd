/** What jobs carry: how large it is, and which blobs it names. Pure. */
import { AppError } from '../../shared/errors.ts';
import { isBlobRef } from '../../shared/model/values.ts';

/** Deeper values are refused, so that nothing that walks them can overflow (S10). */
const maxDepth = 200;

/**
 * About how many bytes the value takes as JSON, counted only until it is over `enough`. Text beyond ASCII and escapes
 * make it larger than counted, by three times at most.
 */
export function approximateSize(value: unknown, enough: number, depth = 0): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 8;
  if (depth > maxDepth) throw new AppError('bad_request', `A value may nest at most ${maxDepth} deep`);
  let size = 2;
  for (const key of Object.keys(value)) {
    size += key.length + 4 + approximateSize((value as Record<string, unknown>)[key], enough - size, depth + 1);
    if (size > enough) break;
  }
  return size;
}

/** Exactly how many bytes the value takes as JSON, or null where it is certainly not more than `limit`. */
export function sizeOver(value: unknown, limit: number): number | null {
  if (approximateSize(value, limit) * 3 <= limit) return null;
  const size = Buffer.byteLength(JSON.stringify(value) ?? 'null');
  return size > limit ? size : null;
}

const sha256 = /^[0-9a-f]{64}$/;

/** The files that a value names, as `fileId sha256`: nodes are given their content. */
export function namedFiles(value: unknown): ReadonlyMap<string, string> {
  return findFiles(value, null, 0) ?? noFiles;
}

/** Most values name none, and then nothing is made: this is done for every job, twice. */
const noFiles: ReadonlyMap<string, string> = new Map();

function findFiles(value: unknown, before: Map<string, string> | null, depth: number): Map<string, string> | null {
  if (typeof value !== 'object' || value === null || depth > maxDepth) return before;
  let found = before;
  const { fileId, sha256: hash } = value as { fileId?: unknown; sha256?: unknown };
  if (typeof fileId === 'string' && typeof hash === 'string' && sha256.test(hash)) {
    found ??= new Map();
    found.set(`${fileId} ${hash}`, hash);
  }
  for (const key of Object.keys(value)) found = findFiles((value as Record<string, unknown>)[key], found, depth + 1);
  return found;
}

/** The blobs that an attempt may open: its whole input where that was put away, else the files that it names. */
export function openedBlobs(input: unknown): readonly string[] {
  if (isBlobRef(input)) return [input.$blob];
  const named = namedFiles(input);
  return named.size === 0 ? noBlobs : [...new Set(named.values())];
}
const noBlobs: readonly string[] = [];
