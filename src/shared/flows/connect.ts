/** Whether an output may be connected with an input; asked while somebody drags an edge, and when a flow is checked. */
import type { FlowEdge } from '../model/flow.ts';
import { type FlowGraph, portNamed } from './graph.ts';
import type { Port } from './step-type.ts';
import { assignable, type Fit } from './types.ts';

type End = FlowEdge['from'];
const no = (reason: string): Fit => ({ fits: false, reason });

/** Ports, borders and types: everything that a drawn edge has to keep to. */
export function edgeFits(graph: FlowGraph, from: End, to: End): Fit {
  const [source, target] = [graph.steps.get(from.step), graph.steps.get(to.step)];
  if (source === undefined || target === undefined) return no('One of the two steps is not there');
  const inner = portNamed(source.ports.innerOutputs, from.port);
  const innerTarget = portNamed(target.ports.innerInputs, to.port);
  const output = inner ?? portNamed(source.ports.outputs, from.port);
  const input = innerTarget ?? portNamed(target.ports.inputs, to.port);
  if (output === null) return no(`${source.step.name} has no output "${from.port}"`);
  if (input === null) return no(`${target.step.name} has no input "${to.port}"`);
  const startsIn = inner === null ? source.scope : source.id;
  const endsIn = innerTarget === null ? target.scope : target.id;
  if (startsIn !== endsIn) return no('An edge crosses the border of a Map only through its ports');
  return assignable(output.type, input.type);
}

/** As edgeFits, and also: the input is free, and no circle comes about. */
export function whetherFits(graph: FlowGraph, from: End, to: End): Fit {
  const fit = edgeFits(graph, from, to);
  if (!fit.fits) return fit;
  const here = (graph.into.get(to.step) ?? []).filter((edge) => edge.to.port === to.port);
  if (here.some((edge) => edge.from.step === from.step && edge.from.port === from.port))
    return no('These two are connected already');
  if (here.length > 0 && !takesSeveral(graph, to))
    return no('Something leads here already; Merge brings several values together');
  return closesCircle(graph, from, to) ? no('The flow would go in a circle') : fit;
}

function takesSeveral(graph: FlowGraph, to: End): boolean {
  const ports = graph.steps.get(to.step)?.ports;
  const port: Port | null = ports === undefined ? null : portNamed([...ports.inputs, ...ports.innerInputs], to.port);
  return port?.multiple === true;
}

/** An edge at an inner port never closes a circle: what stands inside a container begins after it and ends before it. */
function closesCircle(graph: FlowGraph, from: End, to: End): boolean {
  const [source, target] = [graph.steps.get(from.step), graph.steps.get(to.step)];
  if (source === undefined || target === undefined || source.scope !== target.scope) return false;
  const seen = new Set([to.step]);
  for (const id of seen) {
    if (id === from.step) return true;
    for (const edge of graph.from.get(id) ?? [])
      if (graph.steps.get(edge.to.step)?.scope === source.scope && isOuter(graph, edge)) seen.add(edge.to.step);
  }
  return false;
}

function isOuter(graph: FlowGraph, { from, to }: Pick<FlowEdge, 'from' | 'to'>): boolean {
  const [source, target] = [graph.steps.get(from.step)?.ports, graph.steps.get(to.step)?.ports];
  return portNamed(source?.outputs ?? [], from.port) !== null && portNamed(target?.inputs ?? [], to.port) !== null;
}
