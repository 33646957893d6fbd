/** The items of a Map. A large list is a blob that is read in windows, so that it costs the same memory at any length. */
import { type BlobRef, limits } from '../../shared/model/values.ts';
import { isLarge, type RunValues } from './values.ts';

export interface ItemList {
  readonly length: number;
  /** Where it is kept; null for a short list, which stays in memory. */
  readonly ref: BlobRef | null;
  /** Some items from this one on: at least one, unless the list has ended. */
  window(from: number): Promise<readonly unknown[]>;
}

const mostItems = 256;
const mostBytes = 1024 * 1024;

export async function itemList(
  values: Pick<RunValues, 'putText' | 'read'>,
  items: readonly unknown[],
): Promise<ItemList> {
  if (!isLarge(items, limits.storedInline))
    return { length: items.length, ref: null, window: async (from) => items.slice(from, from + mostItems) };
  const ends = new Float64Array(items.length);
  const ref = await values.putText(listText(items, ends));
  return { length: ends.length, ref, window: (from) => readWindow(values, ref, ends, from) };
}

/** The list as JSON text, piece by piece; notes at which byte each item ends. */
function* listText(items: readonly unknown[], ends: Float64Array): Iterable<string> {
  let at = 1;
  yield '[';
  for (const [index, item] of items.entries()) {
    const text = `${index === 0 ? '' : ','}${JSON.stringify(item) ?? 'null'}`;
    at += Buffer.byteLength(text);
    ends[index] = at;
    yield text;
  }
  yield ']';
}

async function readWindow(
  values: Pick<RunValues, 'read'>,
  ref: BlobRef,
  ends: Float64Array,
  from: number,
): Promise<readonly unknown[]> {
  if (from >= ends.length) return [];
  const start = from === 0 ? 1 : (ends[from - 1] ?? 0) + 1;
  let last = from;
  while (last + 1 < ends.length && last + 1 - from < mostItems && (ends[last + 1] ?? 0) - start <= mostBytes) last += 1;
  const parts: Uint8Array[] = [];
  for await (const part of values.read(ref, { start, end: (ends[last] ?? 0) - 1 })) parts.push(part);
  return JSON.parse(`[${Buffer.concat(parts).toString('utf8')}]`) as unknown[];
}
