import type { Position } from '../../shared/protocol/live.ts';

/** Reads the header `x-live-position`, `<epoch>.<seq>`; null where there is none or it is not one. */
export function readPosition(header: string | null): Position | null {
  const cut = header?.lastIndexOf('.') ?? -1;
  if (header === null || cut < 1) return null;
  const seq = Number(header.slice(cut + 1));
  return Number.isInteger(seq) && seq >= 0 ? { epoch: header.slice(0, cut), seq } : null;
}

/** Whether what is known at `known` already holds what happened at `happened`. Different epochs say nothing about each other. */
export const holds = (known: Position, happened: Position): boolean =>
  known.epoch === happened.epoch && known.seq >= happened.seq;

/** The earlier of two positions; of different epochs the second, which is newer news. */
export const earlier = (one: Position | null, other: Position): Position =>
  one === null || one.epoch !== other.epoch || other.seq < one.seq ? other : one;
