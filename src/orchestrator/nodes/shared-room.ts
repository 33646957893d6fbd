import type { Capabilities, ResourceLimits } from '../../shared/model/node.ts';
import type { ModelView, Room } from '../scheduler/snapshot.ts';

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
    gpus: (capabilities.gpus ?? []).map(({ id, memory_mb: has }) => {
      const limit = limits.gpus?.[id];
      return limit?.enabled === false ? 0 : Math.floor(((has ?? 0) * (limit?.memoryPercent ?? 100)) / 100);
    }),
  };
}

/** What may be filled, in MiB: the owner's limit, at most what is free on the drive they chose. */
function sharedStorage({ drives = [], storage }: Capabilities, { storageGb, storagePath }: ResourceLimits): number {
  const onPath = drives.filter(({ mount }) => storagePath?.startsWith(mount) === true);
  const [chosen] = onPath.sort((left, right) => right.mount.length - left.mount.length);
  const free = chosen?.free_gb ?? Math.max(0, ...drives.map(({ free_gb }) => free_gb));
  const has = drives.length > 0 ? free : (storage?.total_gb ?? 0);
  return Math.floor(Math.min(has, storageGb ?? has) * 1024);
}

export function modelsOf({ models = [] }: Capabilities): readonly ModelView[] {
  return models.map(({ name, loaded = false, size_mb: sizeMb = 0 }) => ({ name, loaded, sizeMb }));
}
