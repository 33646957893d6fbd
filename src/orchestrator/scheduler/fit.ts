/** Whether a node may and can take a job. Pure. */
import type { Need, NodeView, Room } from './snapshot.ts';

/** The first reason against a node. Those after `presence` pass by themselves. */
export type Obstacle =
  | { readonly code: 'other_workspace' }
  | { readonly code: 'waits_for_approval' }
  | { readonly code: 'other_machine' }
  | { readonly code: 'no_executor'; readonly kind: string }
  | { readonly code: 'tags_missing'; readonly tags: readonly string[] }
  | { readonly code: 'cores_not_shared'; readonly shared: number; readonly needed: number }
  | { readonly code: 'ram_not_shared'; readonly shared: number; readonly needed: number }
  | { readonly code: 'no_gpu' }
  | { readonly code: 'gpu_memory_not_shared'; readonly shared: number; readonly needed: number }
  | { readonly code: 'presence'; readonly presence: Exclude<NodeView['presence'], 'here'> }
  | { readonly code: 'cores_taken'; readonly free: number; readonly needed: number }
  | { readonly code: 'ram_taken'; readonly free: number; readonly needed: number }
  | { readonly code: 'gpu_memory_taken'; readonly free: number; readonly needed: number };

/** Cores may be fractions; this much is rounding. */
const grain = 1e-6;

/** What speaks against the node whatever else it does at the moment. */
export function lastingObstacle(need: Need, node: NodeView): Obstacle | null {
  const { requires } = need;
  const joined = node.workspaces.get(need.workspaceId);
  if (joined === undefined) return { code: 'other_workspace' };
  if (joined === 'waits') return { code: 'waits_for_approval' };
  if (requires.nodeId !== undefined && requires.nodeId !== node.id) return { code: 'other_machine' };
  if (!node.executors.includes(need.kind)) return { code: 'no_executor', kind: need.kind };
  const missing = (requires.tags ?? []).filter((tag) => !node.tags.includes(tag));
  if (missing.length > 0) return { code: 'tags_missing', tags: missing };
  return sizeObstacle(need, node.shared);
}

function sizeObstacle({ requires }: Need, shared: Room): Obstacle | null {
  if (requires.cores > shared.cores + grain) {
    return { code: 'cores_not_shared', shared: shared.cores, needed: requires.cores };
  }
  if (requires.ramMb > shared.ramMb) return { code: 'ram_not_shared', shared: shared.ramMb, needed: requires.ramMb };
  if (requires.gpuMemoryMb === undefined) return null;
  if (shared.gpus.length === 0) return { code: 'no_gpu' };
  const largest = Math.max(...shared.gpus);
  if (requires.gpuMemoryMb <= largest) return null;
  return { code: 'gpu_memory_not_shared', shared: largest, needed: requires.gpuMemoryMb };
}

/** What speaks against the node at the moment: it is not here, or has no room. */
export function passingObstacle({ requires }: Need, node: NodeView, taken: Room = node.taken): Obstacle | null {
  if (node.presence !== 'here') return { code: 'presence', presence: node.presence };
  const cores = node.shared.cores - taken.cores;
  if (requires.cores > cores + grain) return { code: 'cores_taken', free: Math.max(0, cores), needed: requires.cores };
  const ramMb = node.shared.ramMb - taken.ramMb;
  if (requires.ramMb > ramMb) return { code: 'ram_taken', free: Math.max(0, ramMb), needed: requires.ramMb };
  if (requires.gpuMemoryMb === undefined || chooseGpu(requires.gpuMemoryMb, node.shared, taken) !== null) return null;
  const free = Math.max(0, ...node.shared.gpus.map((memory, gpu) => memory - (taken.gpus[gpu] ?? 0)));
  return { code: 'gpu_memory_taken', free, needed: requires.gpuMemoryMb };
}

/** The GPU that would have the least left over, so that large ones stay free for large jobs; null where none has room. */
export function chooseGpu(needed: number, shared: Room, taken: Room): number | null {
  let chosen: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const [gpu, memory] of shared.gpus.entries()) {
    const left = memory - (taken.gpus[gpu] ?? 0) - needed;
    if (left >= 0 && left < least) {
      chosen = gpu;
      least = left;
    }
  }
  return chosen;
}
