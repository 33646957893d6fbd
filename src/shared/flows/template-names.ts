import { containersAround, dependenciesOf, type FlowGraph, type GraphStep, meaningOf } from './graph.ts';
import type { TemplateName } from './template-completions.ts';

/** The names that templates of a step may use: its inputs, the Map around it, inputs of the flow, and steps that can finish before it. */
export function templateNames(graph: FlowGraph, stepId: string): TemplateName[] {
  const step = graph.steps.get(stepId);
  if (step === undefined) return [];
  return [...ownNames(step), ...innerNames(graph, step), ...inputNames(graph), ...outputNames(graph, step)];
}

const ownNames = ({ ports }: GraphStep): TemplateName[] =>
  ports.inputs.map(({ name, title, type }) => ({ path: name, type, title: `This step's ${title}` }));

function innerNames(graph: FlowGraph, step: GraphStep): TemplateName[] {
  const [nearest] = containersAround(graph, step.id);
  const container = nearest === undefined ? undefined : graph.steps.get(nearest);
  return (container?.ports.innerOutputs ?? []).map(({ name, title, type }) => ({
    path: name,
    type,
    title: `${title} of ${container?.step.name ?? ''}`,
  }));
}

const inputNames = (graph: FlowGraph): TemplateName[] =>
  [...graph.inputs].map(([name, { step, ports }]) => ({
    path: `inputs.${name}`,
    type: ports.outputs[0]?.type ?? 'any',
    title: step.name,
  }));

function outputNames(graph: FlowGraph, at: GraphStep): TemplateName[] {
  const later = laterThan(graph, at);
  return [...graph.steps.values()]
    .filter(({ id, type }) => type.type !== 'input' && !later.has(id))
    .flatMap((source) =>
      source.ports.outputs
        .filter(({ name }) => meaningOf(graph, at, ['steps', source.id, name], false).kind === 'output')
        .map(({ name, title, type }) => ({
          path: `steps.${source.id}.${name}`,
          type,
          title: `${title} of ${source.step.name}`,
        })),
    );
}

/** Steps that wait for this one, however indirectly: naming them would close a circle. */
function laterThan(graph: FlowGraph, at: GraphStep): ReadonlySet<string> {
  const later = new Set([at.id, ...containersAround(graph, at.id)]);
  const bySource = Map.groupBy([...dependenciesOf(graph).values()].flat(), ({ source }) => source);
  const scope = (id: string) => graph.steps.get(id)?.scope;
  for (const id of later)
    for (const { target } of bySource.get(id) ?? []) if (scope(target) === scope(id)) later.add(target);
  return later;
}
