/** Which faults a seed stands for, and when. Pure. */
import { type Draw, drawFrom } from './random.ts';

/** `node` is the number of a joined node, −1 the host's own; times are milliseconds from the start of the work. */
export type Fault =
  | { readonly kind: 'kill_orchestrator' }
  | { readonly kind: 'kill_host'; readonly forMs: number }
  | { readonly kind: 'kill_worker'; readonly node: number }
  | { readonly kind: 'kill_node'; readonly node: number; readonly forMs: number }
  | { readonly kind: 'kill_sandbox' }
  | { readonly kind: 'stop_worker'; readonly node: number; readonly forMs: number }
  | { readonly kind: 'swallow_node'; readonly node: number; readonly forMs: number }
  | { readonly kind: 'cut_node'; readonly node: number }
  | { readonly kind: 'delay_node'; readonly node: number; readonly byMs: number; readonly forMs: number }
  | { readonly kind: 'swallow_client'; readonly forMs: number }
  | { readonly kind: 'cut_client' }
  | { readonly kind: 'delay_client'; readonly byMs: number; readonly forMs: number }
  | { readonly kind: 'disk_full'; readonly forMs: number };
export type FaultKind = Fault['kind'];
export type PlannedFault = Fault & { readonly at: number };

export interface FaultPlan {
  readonly seed: number;
  /** Nodes beside the host's own. */
  readonly joined: number;
  readonly faults: readonly PlannedFault[];
}

/** How long faults begin. */
export const faultsFor = 2_800;
const first = 200;
const most = 6;

/**
 * These can cost a job an attempt that counts (J4): a third would end it `dead`, which is right and no loss, but not the
 * end that a run without faults has. Two of a run may be of these.
 */
const costly: readonly FaultKind[] = [
  'kill_host',
  'kill_worker',
  'kill_node',
  'kill_sandbox',
  'stop_worker',
  'swallow_node',
];
const mostCostly = 2;

const drawFault: { readonly [Kind in FaultKind]: (draw: Draw, joined: number) => Extract<Fault, { kind: Kind }> } = {
  kill_orchestrator: () => ({ kind: 'kill_orchestrator' }),
  kill_host: (draw) => ({ kind: 'kill_host', forMs: draw.whole(0, 800) }),
  kill_worker: (draw, joined) => ({ kind: 'kill_worker', node: draw.whole(-1, joined - 1) }),
  kill_node: (draw, joined) => ({ kind: 'kill_node', node: draw.whole(0, joined - 1), forMs: draw.whole(0, 2_500) }),
  kill_sandbox: () => ({ kind: 'kill_sandbox' }),
  stop_worker: (draw, joined) => ({
    kind: 'stop_worker',
    node: draw.whole(-1, joined - 1),
    forMs: draw.whole(300, 3_000),
  }),
  swallow_node: (draw, joined) => ({
    kind: 'swallow_node',
    node: draw.whole(0, joined - 1),
    forMs: draw.whole(300, 3_000),
  }),
  cut_node: (draw, joined) => ({ kind: 'cut_node', node: draw.whole(0, joined - 1) }),
  delay_node: (draw, joined) => ({
    kind: 'delay_node',
    node: draw.whole(0, joined - 1),
    byMs: draw.whole(20, 300),
    forMs: draw.whole(500, 2_500),
  }),
  swallow_client: (draw) => ({ kind: 'swallow_client', forMs: draw.whole(200, 2_500) }),
  cut_client: () => ({ kind: 'cut_client' }),
  delay_client: (draw) => ({ kind: 'delay_client', byMs: draw.whole(20, 300), forMs: draw.whole(500, 2_500) }),
  disk_full: (draw) => ({ kind: 'disk_full', forMs: draw.whole(300, 2_000) }),
};

export const faultKinds = Object.keys(drawFault) as FaultKind[];

/** The faults of a seed. `possible` leaves out what this machine cannot do. */
export function planFaults(seed: number, possible: readonly FaultKind[] = faultKinds): FaultPlan {
  const draw = drawFrom(seed);
  const joined = draw.whole(1, 2);
  const faults: PlannedFault[] = [];
  const count = draw.whole(2, most);
  while (faults.length < count) {
    const spent = faults.filter(({ kind }) => costly.includes(kind)).length >= mostCostly;
    const kinds = possible.filter((kind) => !(spent && costly.includes(kind)));
    faults.push({ at: draw.whole(first, faultsFor), ...drawFault[draw.one(kinds)](draw, joined) });
  }
  return { seed, joined, faults: faults.sort((left, right) => left.at - right.at) };
}
