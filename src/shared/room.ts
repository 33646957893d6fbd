/** Room on a node: what its owner shares, what of it is taken, what fits. The same for host and worker, which has the last word (S8). Pure. */
import type { Requirements } from './model/job.ts';
import type { Capabilities, Gpu, GpuLimit, ResourceLimits } from './model/node.ts';

/** Cores, and memory and storage in MiB. */
export interface Room {
  readonly cores: number;
  readonly ramMb: number;
  readonly storageMb: number;
  /** Memory by GPU, in the order of the node's list of GPUs. */
  readonly gpus: readonly number[];
}

/** What a job takes of a node's room. */
export type Sizes = Pick<Requirements, 'cores' | 'ramMb' | 'storageMb' | 'gpuMemoryMb'>;

export const noRoom: Room = { cores: 0, ramMb: 0, storageMb: 0, gpus: [] };

/** Cores may be fractions; this much is rounding. */
export const grain = 1e-6;

/** What is assumed of a machine that does not say how much memory it has, in MiB. */
const unknownMemory = 1024;

/** What a node's owner shares of what the machine has; values that are missing are normal. Pure. */
export function sharedRoom(capabilities: Capabilities, limits: ResourceLimits): Room {
  const cores = capabilities.cpu?.cores ?? 1;
  const memory = capabilities.memory?.total_mb ?? unknownMemory;
  return {
    cores: Math.min(cores, limits.cpuCores ?? cores),
    ramMb: Math.floor((memory * (limits.ramPercent ?? 100)) / 100),
    storageMb: sharedStorage(capabilities, limits),
    gpus: (capabilities.gpus ?? []).map((gpu) => sharedMemory(gpu, limits.gpus?.[gpu.id])),
  };
}

/** The owner's share of a GPU's memory, at most what other programs leave of it. */
function sharedMemory({ memory_mb: has = 0, other_mb: others = 0 }: Gpu, limit: GpuLimit = {}): number {
  if (limit.enabled === false) return 0;
  return Math.max(0, Math.floor(Math.min((has * (limit.memoryPercent ?? 100)) / 100, has - others)));
}

/** What may be filled, in MiB: the owner's limit, at most what is free on the drive they chose. */
function sharedStorage({ drives = [], storage }: Capabilities, { storageGb, storagePath }: ResourceLimits): number {
  const onPath = drives.filter(({ mount }) => storagePath?.startsWith(mount) === true);
  const [chosen] = onPath.sort((left, right) => right.mount.length - left.mount.length);
  const free = chosen?.free_gb ?? Math.max(0, ...drives.map(({ free_gb }) => free_gb));
  const has = drives.length > 0 ? free : (storage?.total_gb ?? 0);
  return Math.floor(Math.min(has, storageGb ?? has) * 1024);
}

/** Whether what is needed is free. */
export function hasRoom({ cores, ramMb, storageMb, gpuMemoryMb }: Sizes, shared: Room, taken: Room): boolean {
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
export function take(room: Room, requires: Sizes, gpu: number | null): Room {
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
export function give(room: Room, requires: Sizes, gpu: number | null): Room {
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
