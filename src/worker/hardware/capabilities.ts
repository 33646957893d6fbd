import { availableParallelism, cpus, hostname, release, totalmem, type } from 'node:os';
import type { Capabilities, Drive } from '../../shared/model/node.ts';
import { withDeadline } from './deadline.ts';
import { readDrives } from './drives.ts';
import { type MeasuredGpu, readGpus } from './gpus.ts';

/** Where the facts come from; tests bring their own. */
export interface HardwareSources {
  gpus(): Promise<MeasuredGpu[]>;
  drives(): Promise<Drive[]>;
}

const real: HardwareSources = { gpus: readGpus, drives: readDrives };
const patience = 8_000;

/** What this machine has. Every question is bounded; what cannot be known is left out. */
export async function detectCapabilities(
  nodeId: string,
  sources: HardwareSources = real,
  milliseconds = patience,
): Promise<Capabilities> {
  const [gpus, drives] = await Promise.all([
    withDeadline(sources.gpus(), milliseconds, []),
    withDeadline(sources.drives(), milliseconds, []),
  ]);
  const model = cpus()[0]?.model.trim();
  return {
    node_id: nodeId,
    name: hostname().slice(0, 120),
    os: `${type()} ${release()}`.slice(0, 120),
    gpus,
    cpu: { ...(model ? { model: model.slice(0, 200) } : {}), cores: availableParallelism() },
    memory: { total_mb: memoryMb(totalmem(), process.constrainedMemory()) },
    ...(drives.length === 0 ? {} : { storage: { total_gb: sum(drives.map((drive) => drive.total_gb)) }, drives }),
  };
}

/** Memory in MiB: that of the machine, or less where a container allows less. 0 as limit means none. */
export function memoryMb(machineBytes: number, limitBytes: number | undefined): number {
  const bytes = limitBytes !== undefined && limitBytes > 0 ? Math.min(machineBytes, limitBytes) : machineBytes;
  return Math.floor(bytes / 1024 / 1024);
}

function sum(values: readonly number[]): number {
  return Math.round(values.reduce((total, value) => total + value, 0) * 10) / 10;
}
