import type { ServiceState } from '../../platform/supervise.ts';
import type { Clock } from '../../shared/clock.ts';
import type { ServiceName, ServiceStanding } from '../../shared/model/desktop.ts';

export interface ServiceBoard {
  /** Takes down what the supervision says. */
  note(name: ServiceName, state: ServiceState<unknown>): void;
  list(): ServiceStanding[];
}

/** How the services of this app stand, for the window: their state, since when, and how often they ended. */
export function createServiceBoard(clock: Clock, changed: (standings: ServiceStanding[]) => void): ServiceBoard {
  const standings = new Map<ServiceName, ServiceStanding>();
  const list = () => [...standings.values()];
  return {
    note(name, state) {
      const before = standings.get(name) ?? { ended: 0, reason: null };
      standings.set(name, { name, state: state.state, since: clock.now(), ...after(before, state) });
      changed(list());
    },
    list,
  };
}

type Past = Pick<ServiceStanding, 'ended' | 'reason'>;

/** The last reason stays while the service is started again, and goes when it is ready. */
function after({ ended, reason }: Past, state: ServiceState<unknown>): Past {
  switch (state.state) {
    case 'waiting':
      return { ended: ended + 1, reason: state.reason };
    case 'failed':
      return { ended, reason: state.failure.message };
    case 'ready':
      return { ended, reason: null };
    default:
      return { ended, reason };
  }
}
