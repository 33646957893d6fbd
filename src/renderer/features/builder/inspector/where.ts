/** What a step asks of a node, and how its GPUs stand to that. The host says who could run it (explain). Memory in MiB. Pure. */
import {
  type Config,
  type JobStep,
  portsFrom,
  type StepJob,
  type StepType,
} from '../../../../shared/flows/step-type.ts';
import type { FlowStep } from '../../../../shared/model/flow.ts';
import type { NodeAnswer, Requirements } from '../../../../shared/model/job.ts';
import type { Node } from '../../../../shared/model/node.ts';
import type { FileValue } from '../../../../shared/model/values.ts';
import { formatAbout } from '../../../ui/numbers.ts';

export interface Needs {
  kind: string | null;
  requires: Partial<Requirements>;
}

/** What a step would ask of a node: its type is asked what job it would make of values of the right types. */
export function needsOf(type: StepType | null, config: Config, placement: FlowStep['placement']): Needs {
  const job = type?.executes === 'job' ? jobOf(type, config) : null;
  const { nodeId, tags } = placement ?? {};
  return {
    kind: job?.kind ?? null,
    requires: {
      ...job?.requires,
      ...(nodeId === undefined ? {} : { nodeId }),
      ...(tags === undefined || tags.length === 0 ? {} : { tags }),
    },
  };
}

const anyFile: FileValue = { fileId: 'file-any', name: 'any.png', mime: 'image/png', size: 0, sha256: '0'.repeat(64) };
const examples: Readonly<Record<string, unknown>> = {
  text: '',
  number: 0,
  boolean: false,
  file: anyFile,
  image: anyFile,
};

function jobOf(type: JobStep, config: Config): StepJob | null {
  const values = Object.fromEntries(
    portsFrom(type.inputs, config).map((port) => [port.name, examples[port.type] ?? []]),
  );
  try {
    return type.job(config, values, { stepId: 'any', runInputs: {}, startedAt: 0, name: type.name });
  } catch {
    // Settings that make no job yet say nothing about machines; the findings say what is wrong with them.
    return null;
  }
}

/** When a node could take it, in a word. */
export function standing({ fits, lasting, waitSeconds }: NodeAnswer): string {
  if (fits) return 'now';
  if (waitSeconds !== null) return formatAbout(waitSeconds * 1000);
  return lasting ? 'not able' : 'later';
}

/** One GPU of a node on the scale of the largest: shares of its length, from 0 to 1. */
export interface GpuBar {
  id: string;
  /** Its whole memory on the scale. */
  length: number;
  /** What its owner shares of it, on the same scale. */
  shared: number;
}

/** The GPUs of a node as bars; `scale` is the memory that fills the whole width. */
export function gpuBars(node: Node, scale: number): GpuBar[] {
  return (node.capabilities.gpus ?? []).map((gpu) => {
    const limit = node.resourceLimits.gpus?.[gpu.id];
    const memory = gpu.memory_mb ?? 0;
    const share = limit?.enabled === false ? 0 : (limit?.memoryPercent ?? 100) / 100;
    return { id: gpu.id, length: memory / scale, shared: (memory * share) / scale };
  });
}

/** The memory that fills the width of all bars: that of the largest GPU, or what is needed where that is more. */
export const gpuScale = (nodes: readonly Node[], needed: number): number =>
  Math.max(needed, 1, ...nodes.flatMap((node) => (node.capabilities.gpus ?? []).map((gpu) => gpu.memory_mb ?? 0)));
