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

/** Bounded by what the events hold, for one of a large Map names hundreds of steps. */
export function createRecentEvents(most = 2000): RecentEvents {
  let kept: PlacedEvent[] = [];
  let held = 0;
  return {
    add: (placed) => {
      kept.push(placed);
      held += sizeOf(placed);
      if (held <= most * 2) return;
      let from = kept.length;
      for (held = 0; from > 0 && held < most; from -= 1) held += sizeOf(kept[from - 1]);
      kept = kept.slice(from);
    },
    after: (position) =>
      kept
        .filter((placed) => placed.position.epoch === position.epoch && !holds(position, placed.position))
        .map((placed) => placed.event),
  };
}

const sizeOf = (placed: PlacedEvent | undefined): number =>
  placed?.event.kind === 'steps.changed' ? Math.max(1, placed.event.steps.length) : 1;
