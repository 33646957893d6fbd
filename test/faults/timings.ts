import type { RestartLimits } from '../../src/platform/restart-policy.ts';
import type { NodeTimings } from '../../src/shared/protocol/node.ts';

/**
 * What the fault suite uses in place of the product's timings, about a thirtieth: a node beats every 0.4 s (15 s), is
 * suspect after 1.2 s (35 s), lost after 2.4 s (75 s); nobody is lost for 4 s after a restart (120 s); an assignment is
 * acknowledged within 2.4 s (10 s). In milliseconds.
 */
export const faultTimings: Partial<NodeTimings> = {
  heartbeat: 400,
  suspectAfter: 1_200,
  lostAfter: 2_400,
  graceAfterRestart: 4_000,
  assignAck: 2_400,
  reconnectFirst: 100,
  reconnectMax: 800,
  handshake: 3_000,
};

/** A service that was killed is started again soon, however often it was killed. */
export const faultRestarts: RestartLimits = {
  firstDelay: 150,
  maxDelay: 500,
  healthyAfter: 60_000,
  maxFailedStarts: 20,
};
