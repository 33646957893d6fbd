import type { StepType } from '../../../../shared/flows/step-type.ts';
import type { FlowStep } from '../../../../shared/model/flow.ts';
import type { Machines } from '../../../app/machines.ts';

/** Where a step may run, for its foot: a job on nodes, what stands in a Map on all of them, everything else on the host. */
export function placementWords(step: FlowStep, type: StepType | null, machines: Pick<Machines, 'get'>): string {
  if (type === null) return 'Unknown step';
  if (type.executes === 'container') return 'On every node that is free';
  if (type.type === 'template' || type.type === 'transform') return 'On the host';
  if (type.executes !== 'job') return type.describe({ ...type.defaults, ...step.config });
  const { nodeId, tags } = step.placement ?? {};
  if (nodeId !== undefined) return `On ${machines.get(nodeId)?.name ?? 'a node that is gone'}`;
  if (tags !== undefined && tags.length > 0) return `On nodes tagged ${tags.join(', ')}`;
  return 'On any node';
}
