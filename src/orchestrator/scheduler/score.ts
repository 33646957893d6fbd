/** Which of the nodes with room is the best. Pure. */
import type { Room } from '../../shared/room.ts';
import type { Need, NodeView } from './snapshot.ts';

/** The trust in a node that has done no job of a kind: half-way between its score (5) and what one would guess (50). */
export const newcomerTrust = 0.275;

/** What each consideration is worth beside the free share of a node, which is between 0 and 1. */
const worth = { warm: 0.5, trust: 0.25, speed: 0.1, given: 0.1, noGpu: 0.01 } as const;
const highestRate = 1 + worth.warm + worth.trust + worth.speed;
const levelsPerUnit = 256;

/**
 * Jobs that need no GPU are spread: the node with the largest free share of what it lends is the best, better where it has
 * the model in memory, keeps its promises with this kind of job, is fast, and its owner has not given much lately. This is
 * what of it does not change while nodes are filled; the same for all needs of one kind and model.
 */
export function fixedRate(need: Need, node: NodeView): number {
  const { trust, pace, given } = meritOf(need.kind, node);
  const warm = isWarm(need, node) ? worth.warm : 0;
  const noGpu = node.shared.gpus.length > 0 ? worth.noGpu : 0;
  return warm + worth.trust * trust + worth.speed * pace - worth.given * given - noGpu;
}

export function freeShare(shared: Room, taken: Room): number {
  const cores = shared.cores > 0 ? 1 - taken.cores / shared.cores : 0;
  const ram = shared.ramMb > 0 ? 1 - taken.ramMb / shared.ramMb : 0;
  return Math.max(0, Math.min(cores, ram));
}

/** 0 is the best. */
export const spreadLevel = (rate: number) => Math.max(0, Math.floor((highestRate - rate) * levelsPerUnit));

/** Levels for each doubling of the memory that is free on a GPU. */
const perDoubling = 8;
/** The same considerations in these levels; a model in memory outweighs all others. */
const steps = { cold: 512, distrust: 8, speed: 4, given: 4 } as const;

/** Jobs for a GPU are packed: the one with the least memory free is the best, so that large ones stay free. */
export function fixedSteps(need: Need, node: NodeView): number {
  const { trust, pace, given } = meritOf(need.kind, node);
  const cold = need.requires.model !== undefined && !isWarm(need, node) ? steps.cold : 0;
  return cold + steps.distrust * (1 - trust) + steps.speed * (1 - pace) + steps.given * given;
}

/** 0 is the best. `free` in MiB. */
export const packLevel = (free: number, fixed: number) =>
  Math.round(perDoubling * Math.log2(Math.max(1, free)) + fixed);

const isWarm = ({ requires: { model } }: Need, node: NodeView) =>
  model !== undefined && node.models.some(({ name, loaded }) => loaded && name === model);

/** `pace` is −1 for half as fast as the median or slower, 1 for twice as fast or faster. */
function meritOf(kind: string, { standing }: NodeView): { trust: number; pace: number; given: number } {
  const earned = standing.kinds.get(kind);
  const speed = Math.min(2, Math.max(0.5, earned?.speed ?? 1));
  return { trust: earned?.trust ?? newcomerTrust, pace: Math.log2(speed), given: standing.given };
}
