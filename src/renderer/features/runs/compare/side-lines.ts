import { diffLines } from 'diff';

/** One line of two texts beside each other; null where that side has none. */
export interface SidePair {
  left: string | null;
  right: string | null;
  same: boolean;
}

/** Beyond this nobody reads it line by line, and comparing it would hold the page up. */
const mostCharacters = 200_000;
/** Longest time for one comparison, in milliseconds; very different texts take long. */
const patience = 500;

/**
 * Two texts line by line: what is the same faces itself, what was changed faces what it was changed to. null where they are too
 * long or too different to compare.
 */
export function sideBySide(left: string, right: string): SidePair[] | null {
  if (left.length + right.length > mostCharacters) return null;
  const parts = diffLines(left, right, { timeout: patience });
  if (parts === undefined) return null;
  const pairs: SidePair[] = [];
  let removed: string[] = [];
  for (const { value, added, removed: isRemoved } of parts) {
    const lines = value.replace(/\n$/, '').split('\n');
    if (isRemoved) {
      removed = lines;
      continue;
    }
    pairs.push(...facing(removed, added ? lines : []));
    removed = [];
    if (!added) pairs.push(...lines.map((line) => ({ left: line, right: line, same: true })));
  }
  return [...pairs, ...facing(removed, [])];
}

function facing(left: readonly string[], right: readonly string[]): SidePair[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, at) => ({
    left: left[at] ?? null,
    right: right[at] ?? null,
    same: false,
  }));
}

/** A value as text whose lines can be compared: keys in order, so that only what differs does. */
export function comparableText(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(inOrder(value), null, 2) ?? '';
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, inOrder(inner)]));
}
