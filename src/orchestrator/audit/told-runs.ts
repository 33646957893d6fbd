import type { RunService } from '../services.ts';
import type { Acting } from './acting.ts';
import { hostActions } from './actions.ts';

/** Starts of runs that nobody asked for at that moment, told as acts of the host (S13): by which step of which flow. */
export function toldRuns<Runs extends Pick<RunService, 'start'>>(runs: Runs, acting: Acting): Runs {
  return {
    ...runs,
    start: (what) => {
      const { trigger, startedBy, workspaceId } = what;
      if (trigger === undefined || trigger === null || trigger.kind === 'flow') return runs.start(what);
      const actor = {
        by: 'host' as const,
        userId: null,
        name: `${trigger.kind} ${startedBy ?? ''}`.trim().slice(0, 200),
      };
      const act = { action: hostActions.runStarted, actor, from: null, workspaceId, params: {}, body: {} };
      return acting.during(act, () => runs.start(what));
    },
  };
}
