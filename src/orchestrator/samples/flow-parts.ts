/** What the flows of the samples are written with. */
import { type FlowEdge, type FlowFile, type FlowStep, flowSchemaId } from '../../shared/model/flow.ts';

export interface SampleStep {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly at: readonly [x: number, y: number];
  readonly parent?: string;
  readonly size?: readonly [width: number, height: number];
  readonly config?: Readonly<Record<string, unknown>>;
}

/** A flow from its steps and its edges, written `step.port > step.port`. */
export function sampleFlow(
  name: string,
  description: string,
  steps: readonly SampleStep[],
  edges: readonly string[],
): FlowFile {
  return {
    schema: flowSchemaId,
    name,
    description,
    steps: steps.map(toStep),
    edges: edges.map(toEdge),
    groups: [],
    notes: [],
    settings: {},
  };
}

function toStep({ id, type, name, at: [x, y], parent, size, config = {} }: SampleStep): FlowStep {
  return {
    id,
    type,
    name,
    position: { x, y },
    ...(parent === undefined ? {} : { parent }),
    ...(size === undefined ? {} : { size: { width: size[0], height: size[1] } }),
    config,
  };
}

function toEdge(text: string): FlowEdge {
  const [from = '', to = ''] = text.split(' > ');
  return { id: `${from}-${to}`.replaceAll('.', '_'), from: toEnd(from), to: toEnd(to) };
}

function toEnd(text: string): FlowEdge['from'] {
  const [step = '', port = ''] = text.split('.');
  return { step, port };
}
