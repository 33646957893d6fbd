/** How stored values refer to blobs, and how what refers to them is called. Pure. */

const marker = '"$blob":"';
const reference = /"\$blob":"([0-9a-f]{64})"/g;

/** Cheap, for every value that is written: whether its JSON text may refer to a blob at all. */
export const mayNameBlobs = (text: string): boolean => text.includes(marker);

/**
 * The hashes of blobs that a value refers to, at any depth, from its JSON text. Text that only looks like a reference stands
 * there with escaped quotes; an object of somebody's own with that shape names a blob too, which at worst keeps it.
 */
export function blobsIn(text: string): string[] {
  if (!mayNameBlobs(text)) return [];
  return [...new Set(Array.from(text.matchAll(reference), ([, sha256]) => sha256 ?? ''))];
}

/** What names a blob: `jobs:job-…`, `steps:run-…`. */
export const holderOf = (table: string, id: unknown): string => `${table}:${String(id)}`;
