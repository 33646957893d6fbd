import { type NodeTimings, nodeTimings } from '../../shared/protocol/node.ts';

/**
 * How long to wait before the next try, in milliseconds (N6): min(60 s, 1 s · 2ⁿ) · U(0.5, 1).
 * `tries` counts those that failed so far; `random` is in [0, 1).
 */
export function reconnectDelay(tries: number, random: number, timings: NodeTimings = nodeTimings): number {
  const ceiling = Math.min(timings.reconnectMax, timings.reconnectFirst * 2 ** Math.min(tries, 30));
  return ceiling * (0.5 + random / 2);
}

/** The time to the next heartbeat (N4): 15 s, or what the host asks for, ± 20 %. */
export function heartbeatDelay(everyMs: number, random: number): number {
  return everyMs * (1 - nodeTimings.heartbeatSpread + 2 * nodeTimings.heartbeatSpread * random);
}
