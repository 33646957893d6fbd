import type { QueryClient } from '@tanstack/react-query';
import type { Positioned } from '../../shared/api/client.ts';
import type { LiveEvent, Position } from '../../shared/protocol/live.ts';
import { applyEvent } from './apply-event.ts';
import { keys } from './keys.ts';
import type { Live } from './live.ts';
import { earlier, holds, readPosition } from './position.ts';
import { createRecentEvents, type PlacedEvent, type RecentEvents } from './recent-events.ts';

/** Joins answers to GETs with live events, so that what is shown is never older than what was already shown. */
export interface Feed {
  /** The answer, with the events laid over it that came while it was on its way. Call it in the query's function. */
  read<Value>(
    workspaceId: string,
    key: readonly unknown[],
    answer: Positioned<Value>,
    reduce: (value: Value, event: LiveEvent) => Value,
  ): Value;
  followWorkspace(workspaceId: string): () => void;
  followRun(workspaceId: string, runId: string): () => void;
  /** Is told every event of what is followed, once it is laid over what is shown; listens until the answer is called. */
  hear(listener: (workspaceId: string, event: LiveEvent) => void): () => void;
}

interface Known {
  recent: RecentEvents;
  /** The earliest answer that nothing has been laid over yet. */
  read: Position | null;
  /** From here on no event was missed. */
  started: Position | null;
}

export function createFeed(cache: QueryClient, live: Live): Feed {
  const workspaces = new Map<string, Known>();
  const listeners = new Set<(workspaceId: string, event: LiveEvent) => void>();
  const knownOf = (workspaceId: string): Known => {
    const known = workspaces.get(workspaceId) ?? { recent: createRecentEvents(), read: null, started: null };
    workspaces.set(workspaceId, known);
    return known;
  };
  const take = (workspaceId: string, events: readonly PlacedEvent[]) => {
    const { recent } = knownOf(workspaceId);
    for (const placed of events) {
      recent.add(placed);
      applyEvent(cache, workspaceId, placed.event);
      for (const listener of listeners) listener(workspaceId, placed.event);
    }
  };

  return {
    hear(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read(workspaceId, key, answer, reduce) {
      const position = readPosition(answer.position);
      if (position === null) return answer.value;
      const known = knownOf(workspaceId);
      known.read = earlier(known.read, position);
      const missed =
        known.started !== null && known.started.epoch === position.epoch && !holds(position, known.started);
      if (missed) setTimeout(() => void cache.invalidateQueries({ queryKey: key, exact: true }));
      return known.recent.after(position).reduce(reduce, answer.value);
    },
    followWorkspace: (workspaceId) =>
      live.follow(`workspace:${workspaceId}`, {
        since: () => knownOf(workspaceId).read,
        onStarted: (from) => {
          knownOf(workspaceId).started = from;
        },
        onEvents: (events) => take(workspaceId, events),
        onRefetch: () => void cache.invalidateQueries({ queryKey: keys.workspace(workspaceId) }),
      }),
    followRun: (workspaceId, runId) =>
      live.follow(`run:${runId}`, {
        since: () => knownOf(workspaceId).read,
        onEvents: (events) => take(workspaceId, events),
        onRefetch: () => void cache.invalidateQueries({ queryKey: keys.run(runId) }),
      }),
  };
}
