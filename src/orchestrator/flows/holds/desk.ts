import type { Clock } from '../../../shared/clock.ts';
import type { IdSource } from '../../../shared/ids.ts';
import type { Timers } from '../../timers.ts';
import type { Runner } from '../runner.ts';
import { createDueTimes } from './due-times.ts';
import type { HoldDesk } from './hold-desk.ts';

export interface HoldDeskDeps extends Pick<HoldDesk, 'approvalsChanged' | 'startChild' | 'cancelChild'> {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: IdSource;
  readonly runner: () => Pick<Runner, 'release'>;
}

/** One timer for the holds of all runs. */
export function createHoldDesk(deps: HoldDeskDeps): HoldDesk & { stop(): void } {
  const times = createDueTimes(deps, (name) => {
    const [runId = '', key = ''] = name.split(' ');
    void deps.runner().release(runId, { key, ending: { by: 'time' } });
  });
  return {
    newId: (kind) => deps.ids.next(kind),
    wakeAt: (at, runId, key) => times.set(`${runId} ${key}`, at),
    forget: (runId, key) => times.forget(`${runId} ${key}`),
    approvalsChanged: deps.approvalsChanged,
    startChild: deps.startChild,
    cancelChild: deps.cancelChild,
    stop: times.stop,
  };
}
