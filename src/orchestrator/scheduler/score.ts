/** Which of the nodes with room is the best. Pure. */
import { chooseGpu } from './fit.ts';
import type { Need, NodeView, Room } from './snapshot.ts';

/** The trust in a node that has done no job of a kind: half-way between its score (5) and what one would guess (50). */
export const newcomerTrust = 0.275;

/** What each consideration is worth beside the free share of a node, which is between 0 and 1. */
const worth = { warm: 0.5, trust: 0.25, speed: 0.1, given: 0.1, noGpu: 0.01 } as const;
/** The same for GPUs, in MiB that are left over. */
const gpuWorth = { warm: 1_000_000, trust: 8_192, speed: 2_048, given: 2_048 } as const;

/** The bounds of `spreadRate`. */
export const lowestRate = -(worth.speed + worth.given + worth.noGpu);
export const highestRate = 1 + worth.warm + worth.trust + worth.speed;

/**
 * Higher is better. Jobs that need no GPU are spread: the node with the largest free share of what it lends wins, where it
 * has the model in memory, keeps its promises with this kind of job, is fast, and its owner has not given much lately.
 */
export function spreadRate(need: Need, node: NodeView, taken: Room): number {
  return freeShare(node.shared, taken) + fixedRate(need, node);
}

/** What of `spreadRate` does not change while a node is filled; the same for all needs of one kind and model. */
export function fixedRate({ kind, requires: { model } }: Need, node: NodeView): number {
  const { trust, pace, given } = meritOf(kind, node);
  const warm = isWarm(model, node) ? worth.warm : 0;
  const noGpu = node.shared.gpus.length > 0 ? worth.noGpu : 0;
  return warm + worth.trust * trust + worth.speed * pace - worth.given * given - noGpu;
}

/** Higher is better. Jobs for a GPU are packed: the least memory left over wins, so that large ones stay free. */
export function packRate(need: Need, node: NodeView, taken: Room): number {
  const { gpuMemoryMb = 0, model } = need.requires;
  const gpu = chooseGpu(gpuMemoryMb, node.shared, taken);
  if (gpu === null) return Number.NEGATIVE_INFINITY;
  const left = (node.shared.gpus[gpu] ?? 0) - (taken.gpus[gpu] ?? 0) - gpuMemoryMb;
  const { trust, pace, given } = meritOf(need.kind, node);
  const warm = isWarm(model, node) ? gpuWorth.warm : 0;
  return warm - left + gpuWorth.trust * trust + gpuWorth.speed * pace - gpuWorth.given * given;
}

const isWarm = (model: string | undefined, node: NodeView) =>
  model !== undefined && node.models.some(({ name, loaded }) => loaded && name === model);

/** `pace` is −1 for half as fast as the median or slower, 1 for twice as fast or faster. */
function meritOf(kind: string, { standing }: NodeView): { trust: number; pace: number; given: number } {
  const earned = standing.kinds.get(kind);
  const speed = Math.min(2, Math.max(0.5, earned?.speed ?? 1));
  return { trust: earned?.trust ?? newcomerTrust, pace: Math.log2(speed), given: standing.given };
}

export function freeShare(shared: Room, taken: Room): number {
  const cores = shared.cores > 0 ? 1 - taken.cores / shared.cores : 0;
  const ram = shared.ramMb > 0 ? 1 - taken.ramMb / shared.ramMb : 0;
  return Math.max(0, Math.min(cores, ram));
}
