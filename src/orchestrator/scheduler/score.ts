/** Which of the nodes with room is the best. Pure. */
import { chooseGpu } from './fit.ts';
import type { Need, NodeView, Room } from './snapshot.ts';

/**
 * Higher is better. Jobs for a GPU are packed: the least memory left over wins. The rest is spread: the node with the
 * largest free share of what it lends wins, and one without GPUs where that is equal.
 */
export function score({ requires }: Need, node: NodeView, taken: Room): number {
  if (requires.gpuMemoryMb === undefined)
    return freeShare(node.shared, taken) - (node.shared.gpus.length > 0 ? 1e-3 : 0);
  const gpu = chooseGpu(requires.gpuMemoryMb, node.shared, taken);
  if (gpu === null) return Number.NEGATIVE_INFINITY;
  return requires.gpuMemoryMb - ((node.shared.gpus[gpu] ?? 0) - (taken.gpus[gpu] ?? 0));
}

function freeShare(shared: Room, taken: Room): number {
  const cores = shared.cores > 0 ? 1 - taken.cores / shared.cores : 0;
  const ram = shared.ramMb > 0 ? 1 - taken.ramMb / shared.ramMb : 0;
  return Math.min(cores, ram);
}
