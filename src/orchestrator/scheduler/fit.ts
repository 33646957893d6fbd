/** Whether a node may and can take a job. Pure. */
import type { Requirements } from '../../shared/model/job.ts';
import type { Need, NodeView, Pause, Room } from './snapshot.ts';

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

/** Cores may be fractions; this much is rounding. */
const grain = 1e-6;

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

/** Whether what is needed is free. */
export function hasRoom({ cores, ramMb, storageMb, gpuMemoryMb }: Requirements, shared: Room, taken: Room): boolean {
  if (cores > shared.cores - taken.cores + grain || ramMb > shared.ramMb - taken.ramMb) return false;
  if (storageMb !== undefined && storageMb > shared.storageMb - taken.storageMb) return false;
  return gpuMemoryMb === undefined || chooseGpu(gpuMemoryMb, shared, taken) !== null;
}

/** What is free; an owner may share less than what is taken already. */
export function freeOf(shared: Room, taken: Room): Room {
  return {
    cores: Math.max(0, shared.cores - taken.cores),
    ramMb: Math.max(0, shared.ramMb - taken.ramMb),
    storageMb: Math.max(0, shared.storageMb - taken.storageMb),
    gpus: shared.gpus.map((memory, gpu) => Math.max(0, memory - (taken.gpus[gpu] ?? 0))),
  };
}

/** The room that is taken when one more job is there. */
export function take(room: Room, requires: Requirements, gpu: number | null): Room {
  const gpus = gpu === null ? room.gpus : withMore(room.gpus, gpu, requires.gpuMemoryMb ?? 0);
  const { cores, ramMb, storageMb } = room;
  return {
    cores: cores + requires.cores,
    ramMb: ramMb + requires.ramMb,
    storageMb: storageMb + (requires.storageMb ?? 0),
    gpus,
  };
}

/** The room that is taken when one job less is there. */
export function give(room: Room, requires: Requirements, gpu: number | null): Room {
  const gpus = gpu === null ? room.gpus : withMore(room.gpus, gpu, -(requires.gpuMemoryMb ?? 0));
  // Sums of fractions drift; nothing is taken when less than a millionth of a core is.
  const cores = room.cores - requires.cores;
  return {
    cores: cores < grain ? 0 : cores,
    ramMb: Math.max(0, room.ramMb - requires.ramMb),
    storageMb: Math.max(0, room.storageMb - (requires.storageMb ?? 0)),
    gpus,
  };
}

/** What is not listed is not taken; a list may be shorter than the node's list of GPUs. */
function withMore(gpus: readonly number[], gpu: number, memoryMb: number): readonly number[] {
  const listed = Array.from({ length: Math.max(gpus.length, gpu + 1) }, (_, index) => gpus[index] ?? 0);
  listed[gpu] = Math.max(0, (listed[gpu] ?? 0) + memoryMb);
  return listed;
}

/** The GPU that would have the least left over, so that large ones stay free for large jobs; null where none has room. */
export function chooseGpu(needed: number, shared: Room, taken: Room): number | null {
  let chosen: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (let gpu = 0; gpu < shared.gpus.length; gpu += 1) {
    const left = (shared.gpus[gpu] ?? 0) - (taken.gpus[gpu] ?? 0) - needed;
    if (left >= 0 && left < least) {
      chosen = gpu;
      least = left;
    }
  }
  return chosen;
}
