/** A version of a flow is made after a pause in editing (data.md, Flow documents). */
import type { Person } from '../services.ts';
import type { Timers } from '../timers.ts';

export interface Pauses {
  /** Somebody has edited the flow; null for an edit of the host's own. */
  edited(flowId: string, by: Person | null): void;
  /** Keeps at once what waits for its pause. */
  stop(): Promise<void>;
}

const pauseMs = 60_000;

interface Waiting {
  readonly by: Map<string, string>;
  cancel(): void;
}

/** `keep` is told whose edits there were, as one name for the history. */
export function createPauses(deps: {
  timers: Timers;
  keep(flowId: string, by: Person | null): Promise<unknown>;
  failed(error: unknown, flowId: string): void;
}): Pauses {
  const waiting = new Map<string, Waiting>();
  const pause = async (flowId: string) => {
    const one = waiting.get(flowId);
    if (one === undefined) return;
    waiting.delete(flowId);
    one.cancel();
    await deps.keep(flowId, together(one.by)).catch((error: unknown) => deps.failed(error, flowId));
  };
  return {
    edited(flowId, by) {
      const before = waiting.get(flowId);
      before?.cancel();
      const names = before?.by ?? new Map<string, string>();
      if (by !== null) names.set(by.userId, by.name);
      waiting.set(flowId, { by: names, cancel: deps.timers.after(pauseMs, () => void pause(flowId)) });
    },
    async stop() {
      await Promise.all([...waiting.keys()].map(pause));
    },
  };
}

const mostNames = 5;

function together(by: ReadonlyMap<string, string>): Person | null {
  const [first] = by.keys();
  if (first === undefined) return null;
  const names = [...by.values()];
  return { userId: first, name: `${names.slice(0, mostNames).join(', ')}${names.length > mostNames ? ' …' : ''}` };
}
