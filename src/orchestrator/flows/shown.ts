import { isLarge } from './values.ts';

const mostShown = 64 * 1024;

/** A value as it is shown: whole up to 64 KiB, else its beginning, or nothing where there is no sensible beginning. */
export function forDisplay(value: unknown): { value: unknown; cut: boolean } {
  if (!isLarge(value, mostShown)) return { value, cut: false };
  if (typeof value === 'string') return { value: value.slice(0, mostShown), cut: true };
  if (Array.isArray(value)) return { value: beginning(value), cut: true };
  return { value: null, cut: true };
}

function beginning(list: readonly unknown[]): unknown[] {
  let count = Math.min(list.length, 200);
  while (count > 0 && isLarge(list.slice(0, count), mostShown)) count = Math.floor(count / 2);
  return list.slice(0, count);
}
