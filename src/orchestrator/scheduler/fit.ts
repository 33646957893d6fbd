/** Whether a node may and can take a job. Pure. */
import type { Requirements } from '../../shared/model/job.ts';
import { freeOf, grain, hasRoom, type Room } from '../../shared/room.ts';
import type { Need, NodeView, Pause } from './snapshot.ts';

interface Lack {
  readonly needed: number;
}
/** The first reason against a node. Those after `presence` pass by themselves. Memory and storage in MiB. */
export type Obstacle =
  | { readonly code: 'other_workspace' }
  | { readonly code: 'waits_for_approval' }
  | { readonly code: 'other_machine' }
  | { readonly code: 'excluded_machine' }
  | { readonly code: 'no_executor'; readonly kind: string }
  | { readonly code: 'tags_missing'; readonly tags: readonly string[] }
  | { readonly code: 'model_missing'; readonly model: string }
  | ({ readonly code: 'cores_not_shared'; readonly shared: number } & Lack)
  | ({ readonly code: 'ram_not_shared'; readonly shared: number } & Lack)
  | ({ readonly code: 'storage_not_shared'; readonly shared: number } & Lack)
  | ({ readonly code: 'no_gpu' } & Lack)
  | ({ readonly code: 'gpu_memory_not_shared'; readonly shared: number } & Lack)
  | {
      readonly code: 'presence';
      readonly presence: Exclude<NodeView['presence'], 'here'>;
      readonly pause: Pause | null;
    }
  | ({ readonly code: 'cores_taken'; readonly free: number } & Lack)
  | ({ readonly code: 'ram_taken'; readonly free: number } & Lack)
  | ({ readonly code: 'storage_taken'; readonly free: number } & Lack)
  | ({ readonly code: 'gpu_memory_taken'; readonly free: number } & Lack);

/** What speaks against the node whatever else it does at the moment. */
export function lastingObstacle(need: Need, node: NodeView): Obstacle | null {
  const { requires } = need;
  const joined = node.workspaces.get(need.workspaceId);
  if (joined === undefined) return { code: 'other_workspace' };
  if (joined === 'waits') return { code: 'waits_for_approval' };
  if (requires.nodeId !== undefined && requires.nodeId !== node.id) return { code: 'other_machine' };
  if (requires.notNodeIds?.includes(node.id) === true) return { code: 'excluded_machine' };
  if (!node.executors.includes(need.kind)) return { code: 'no_executor', kind: need.kind };
  return tagObstacle(requires, node) ?? modelObstacle(requires, node) ?? sizeObstacle(requires, node.shared);
}

function tagObstacle({ tags }: Requirements, node: NodeView): Obstacle | null {
  if (tags === undefined || tags.every((tag) => node.tags.includes(tag))) return null;
  return { code: 'tags_missing', tags: tags.filter((tag) => !node.tags.includes(tag)) };
}

/** A model on the node's disk can be loaded; one that is not there cannot. */
function modelObstacle({ model }: Requirements, node: NodeView): Obstacle | null {
  if (model === undefined || node.models.some(({ name }) => name === model)) return null;
  return { code: 'model_missing', model };
}

function sizeObstacle(requires: Requirements, shared: Room): Obstacle | null {
  const { cores, ramMb, storageMb = 0, gpuMemoryMb } = requires;
  if (cores > shared.cores + grain) return { code: 'cores_not_shared', shared: shared.cores, needed: cores };
  if (ramMb > shared.ramMb) return { code: 'ram_not_shared', shared: shared.ramMb, needed: ramMb };
  if (storageMb > shared.storageMb) {
    return { code: 'storage_not_shared', shared: shared.storageMb, needed: storageMb };
  }
  if (gpuMemoryMb === undefined) return null;
  const largest = Math.max(0, ...shared.gpus);
  if (largest === 0) return { code: 'no_gpu', needed: gpuMemoryMb };
  if (gpuMemoryMb <= largest) return null;
  return { code: 'gpu_memory_not_shared', shared: largest, needed: gpuMemoryMb };
}

/** What speaks against the node at the moment: it is not here, or has no room. */
export function passingObstacle({ requires }: Need, node: NodeView, taken: Room = node.taken): Obstacle | null {
  const { presence, pause, shared } = node;
  if (presence !== 'here') return { code: 'presence', presence, pause };
  if (hasRoom(requires, shared, taken)) return null;
  const free = freeOf(shared, taken);
  if (requires.cores > free.cores + grain) return { code: 'cores_taken', free: free.cores, needed: requires.cores };
  if (requires.ramMb > free.ramMb) return { code: 'ram_taken', free: free.ramMb, needed: requires.ramMb };
  const { storageMb = 0, gpuMemoryMb = 0 } = requires;
  if (storageMb > free.storageMb) return { code: 'storage_taken', free: free.storageMb, needed: storageMb };
  return { code: 'gpu_memory_taken', free: Math.max(0, ...free.gpus), needed: gpuMemoryMb };
}
