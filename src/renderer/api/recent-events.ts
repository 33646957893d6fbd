import type { LiveEvent, Position } from '../../shared/protocol/live.ts';
import { holds } from './position.ts';

export interface PlacedEvent {
  position: Position;
  event: LiveEvent;
}

/**
 * The last events that arrived. An answer to a GET may describe an earlier moment than events that came while it was
 * on its way; those are laid over the answer, so that nothing jumps back.
 */
export interface RecentEvents {
  add(placed: PlacedEvent): void;
  /** Those that an answer of this position does not hold yet, in order. */
  after(position: Position): readonly LiveEvent[];
}

export function createRecentEvents(most = 2000): RecentEvents {
  let kept: PlacedEvent[] = [];
  return {
    add: (placed) => {
      kept.push(placed);
      if (kept.length > most * 2) kept = kept.slice(-most);
    },
    after: (position) =>
      kept
        .filter((placed) => placed.position.epoch === position.epoch && !holds(position, placed.position))
        .map((placed) => placed.event),
  };
}
