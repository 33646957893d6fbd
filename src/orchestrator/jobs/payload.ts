/** What jobs carry: how large it is, and which blobs it names. Pure. */
import { AppError } from '../../shared/errors.ts';

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
  for (const [key, item] of Object.entries(value)) {
    size += key.length + 4 + approximateSize(item, enough - size, depth + 1);
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

/** The blobs a value names: where large values stand (`$blob`), and files (`sha256` beside `fileId`). */
export function namedBlobs(value: unknown, found: Set<string> = new Set(), depth = 0): Set<string> {
  if (typeof value !== 'object' || value === null || depth > maxDepth) return found;
  const blob: unknown =
    Reflect.get(value, '$blob') ?? (Reflect.has(value, 'fileId') ? Reflect.get(value, 'sha256') : null);
  if (typeof blob === 'string' && sha256.test(blob)) found.add(blob);
  for (const item of Object.values(value)) namedBlobs(item, found, depth + 1);
  return found;
}
