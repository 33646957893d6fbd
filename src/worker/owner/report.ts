/** What the worker tells its parent of itself. Pure. */
import { isWithin } from '../../platform/storage-folder.ts';
import type { Capabilities, Drive } from '../../shared/model/node.ts';
import type { NodeReport } from '../../shared/model/this-node.ts';
import type { Room } from '../../shared/room.ts';
import type { Storage } from '../storage/storage.ts';

export interface ReportParts extends Pick<NodeReport, 'standing' | 'coresBy' | 'running' | 'power'> {
  capabilities: Capabilities;
  taken: Room;
  storage: ReturnType<Storage['look']>;
  /** Where files are unless a drive was chosen. */
  home: string;
  given: readonly NodeReport['given'][number][];
}

export function reportOf({ capabilities, taken, storage, home, given, ...rest }: ReportParts): NodeReport {
  const { os = '', cpu = {}, memory = {}, gpus = [], drives = [] } = capabilities;
  return {
    ...rest,
    os,
    cpu: cpu.model ?? '',
    cores: cpu.cores ?? 0,
    ramMb: memory.total_mb ?? 0,
    gpus,
    drives,
    taken: { cores: taken.cores, ramMb: taken.ramMb, gpus: gpus.map((_, gpu) => taken.gpus[gpu] ?? 0) },
    storage: { ...storage, drive: driveOf(storage.folder, drives), homeDrive: driveOf(home, drives) },
    given: [...given],
  };
}

/** Mount of the drive that a folder is on. */
export function driveOf(folder: string, drives: readonly Drive[]): string | null {
  const holding = drives.map(({ mount }) => mount).filter((mount) => isWithin(folder, mount));
  return holding.sort((one, other) => other.length - one.length)[0] ?? null;
}
