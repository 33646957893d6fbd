import type { Capabilities, ResourceLimits } from '../../shared/model/node.ts';
import type { Room } from '../scheduler/snapshot.ts';

/** What is assumed of a machine that does not say how much memory it has, in MiB. */
const unknownMemory = 1024;

/** What a node's owner shares of what the machine has; values that are missing are normal. Pure. */
export function sharedRoom(capabilities: Capabilities, limits: ResourceLimits): Room {
  const cores = capabilities.cpu?.cores ?? 1;
  const memory = capabilities.memory?.total_mb ?? unknownMemory;
  return {
    cores: Math.min(cores, limits.cpuCores ?? cores),
    ramMb: Math.floor((memory * (limits.ramPercent ?? 100)) / 100),
    gpus: (capabilities.gpus ?? []).map(({ id, memory_mb: has }) => {
      const limit = limits.gpus?.[id];
      return limit?.enabled === false ? 0 : Math.floor(((has ?? 0) * (limit?.memoryPercent ?? 100)) / 100);
    }),
  };
}
