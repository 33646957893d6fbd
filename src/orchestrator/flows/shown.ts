import { isLarge } from './values.ts';

const mostShown = 64 * 1024;

/** A value as it is shown: whole up to so many bytes (64 KiB), else its beginning, or nothing where there is no sensible beginning. */
export function forDisplay(value: unknown, most = mostShown): { value: unknown; cut: boolean } {
  if (!isLarge(value, most)) return { value, cut: false };
  if (typeof value === 'string') return { value: value.slice(0, most), cut: true };
  if (Array.isArray(value)) return { value: beginning(value, most), cut: true };
  return { value: null, cut: true };
}

function beginning(list: readonly unknown[], most: number): unknown[] {
  let count = Math.min(list.length, 200);
  while (count > 0 && isLarge(list.slice(0, count), most)) count = Math.floor(count / 2);
  return list.slice(0, count);
}
