import type { Text } from 'yjs';

/** Turns one text into another by replacing only what lies between what both begin and both end with. */
export function replaceText(text: Text, wanted: string): void {
  const present = text.toString();
  if (present === wanted) return;
  const start = commonStart(present, wanted);
  const end = commonEnd(present, wanted, start);
  const removed = present.length - start - end;
  if (removed > 0) text.delete(start, removed);
  if (wanted.length > start + end) text.insert(start, wanted.slice(start, wanted.length - end));
}

function commonStart(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let length = 0;
  while (length < most && one.charCodeAt(length) === other.charCodeAt(length)) length += 1;
  return isHigh(one, length - 1) ? length - 1 : length;
}

function commonEnd(one: string, other: string, start: number): number {
  const most = Math.min(one.length, other.length) - start;
  let length = 0;
  while (length < most && one.charCodeAt(one.length - 1 - length) === other.charCodeAt(other.length - 1 - length))
    length += 1;
  return length > 0 && isLow(one, one.length - length) ? length - 1 : length;
}

/** A character outside the basic plane is two units, which must not be torn apart. */
const isHigh = (text: string, at: number) => at >= 0 && (text.charCodeAt(at) & 0xfc00) === 0xd800;
const isLow = (text: string, at: number) => (text.charCodeAt(at) & 0xfc00) === 0xdc00;
