import type { Clock } from '../../shared/clock.ts';
import { schedule } from './schedule.ts';
import type { Decision, Snapshot } from './snapshot.ts';

export interface SchedulerLoop {
  /** Something changed; a pass follows in this turn of the event loop, one for all changes. */
  wake(): void;
  stop(): void;
}

/** Performs scheduling passes: looks, decides, has each decision carried out. */
export function createSchedulerLoop(deps: {
  look: () => Snapshot;
  carryOut: (decision: Decision) => void;
  clock: Clock;
}): SchedulerLoop {
  let pending = false;
  let stopped = false;
  const pass = () => {
    pending = false;
    if (stopped) return;
    const snapshot = deps.look();
    if (snapshot.queues.length === 0) return;
    for (const decision of schedule(snapshot, deps.clock.now())) deps.carryOut(decision);
  };
  return {
    wake() {
      if (pending || stopped) return;
      pending = true;
      setImmediate(pass);
    },
    stop() {
      stopped = true;
    },
  };
}
