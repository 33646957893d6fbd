import { Value } from 'typebox/value';
import type { ForkService } from '../platform/service-process.ts';
import { type HelperNews, HelperOrder, type HelperPlan } from '../shared/helpers.ts';

/** A helper process as main sees it. */
export interface HelperChild {
  /** Called once it runs. */
  onStart(started: (pid: number) => void): void;
  send(message: unknown): void;
  onMessage(receive: (message: unknown) => void): void;
  /** Called once, also for one that could not be started. */
  onExit(ended: (how: number | string) => void): void;
  /** At once. */
  kill(): void;
}

/** Starts a helper process (src/shared/helpers.ts) for a service that cannot. */
export type ForkHelper = (plan: HelperPlan) => HelperChild;

/** More at once than jobs need: a worker that asks for this many is broken, and is told that they ended. */
export const mostHelpers = 64;

/**
 * Lets the services that `fork` starts borrow helper processes: what a service says about helpers is acted on here, all else goes on
 * to whoever supervises it. A service that ends takes its helpers along.
 */
export function lendHelpers(fork: ForkService, forkHelper: ForkHelper): ForkService {
  return (entry) => {
    const service = fork(entry);
    const lending = createLending(forkHelper, (news) => service.send(news));
    service.onExit(lending.end);
    return {
      ...service,
      get pid() {
        return service.pid;
      },
      onMessage: (receive) =>
        service.onMessage((message) => {
          if (Value.Check(HelperOrder, message)) lending.obey(message);
          else receive(message);
        }),
    };
  };
}

interface Lending {
  obey(order: HelperOrder): void;
  /** Ends every helper; what they still say goes nowhere. */
  end(): void;
}

export function createLending(forkHelper: ForkHelper, tell: (news: HelperNews) => void): Lending {
  const lent = new Map<number, HelperChild>();
  let over = false;
  const say = (news: HelperNews) => {
    if (!over) tell(news);
  };
  const start = (id: number, plan: HelperPlan) => {
    if (over || lent.has(id)) return;
    if (lent.size >= mostHelpers) return say({ type: 'helper.ended', id, how: 'too many helpers' });
    const helper = forkHelper(plan);
    lent.set(id, helper);
    helper.onStart((pid) => say({ type: 'helper.started', id, pid }));
    helper.onMessage((message) => say({ type: 'helper.said', id, message }));
    helper.onExit((how) => {
      lent.delete(id);
      say({ type: 'helper.ended', id, how });
    });
  };
  return {
    obey(order) {
      if (order.type === 'helper.start') start(order.id, order.plan);
      else if (order.type === 'helper.tell') lent.get(order.id)?.send(order.message);
      else lent.get(order.id)?.kill();
    },
    end() {
      over = true;
      for (const helper of lent.values()) helper.kill();
    },
  };
}
