/** The graph of a view with the ports of every step, and what may be connected. Pure; worked out once per view. */
import { edgeFits } from '../../../../shared/flows/connect.ts';
import { type FlowGraph, portNamed, portsOf, readGraph, type StepPorts } from '../../../../shared/flows/graph.ts';
import type { Port, StepType } from '../../../../shared/flows/step-type.ts';
import { assignable, type PortType } from '../../../../shared/flows/types.ts';
import type { FlowEdge } from '../../../../shared/model/flow.ts';
import { type FlowView, isEqual } from '../document/flow-view.ts';
import { type PortEnd, portKey } from './ui-state.ts';

export type { StepPorts };
export const noPorts: StepPorts = { inputs: [], outputs: [], innerInputs: [], innerOutputs: [] };

/** The graph of a file; ports that are as in the graph before keep their identity, so that their steps are not drawn again. */
export function graphOfFile(file: FlowView['file'], before: FlowGraph | null): FlowGraph {
  const graph = readGraph(file);
  const steps = new Map(
    [...graph.steps].map(([id, step]) => {
      const known = before?.steps.get(id)?.ports;
      return [id, known !== undefined && isEqual(known, step.ports) ? { ...step, ports: known } : step] as const;
    }),
  );
  return { ...graph, steps };
}

const graphs = new WeakMap<FlowView, FlowGraph>();
let latest: FlowGraph | null = null;

export function graphOf(view: FlowView): FlowGraph {
  const known = graphs.get(view);
  if (known !== undefined) return known;
  latest = graphOfFile(view.file, latest);
  graphs.set(view, latest);
  return latest;
}

export const stepPorts = (graph: FlowGraph, stepId: string): StepPorts => graph.steps.get(stepId)?.ports ?? noPorts;

export function portAt(graph: FlowGraph, { step, port, side }: PortEnd): Port | null {
  const ports = stepPorts(graph, step);
  return portNamed(
    side === 'output' ? [...ports.outputs, ...ports.innerOutputs] : [...ports.inputs, ...ports.innerInputs],
    port,
  );
}

export const portTypeOf = (graph: FlowGraph, end: PortEnd): PortType => portAt(graph, end)?.type ?? 'any';

/** The level that a port belongs to: a Map for its inner ports, else the Map around its step; null at the top. */
export function levelOf(graph: FlowGraph, { step, port, side }: PortEnd): string | null {
  const ports = stepPorts(graph, step);
  if (portNamed(side === 'output' ? ports.innerOutputs : ports.innerInputs, port) !== null) return step;
  return graph.steps.get(step)?.scope || null;
}

/** The step itself and all that it comes after, or with `after` all that come after it. */
export function stepsAlong(graph: FlowGraph, step: string, way: 'before' | 'after'): ReadonlySet<string> {
  const edges = way === 'before' ? graph.into : graph.from;
  const end = (edge: FlowEdge) => (way === 'before' ? edge.from.step : edge.to.step);
  const seen = new Set([step]);
  for (const id of seen) for (const edge of edges.get(id) ?? []) seen.add(end(edge));
  return seen;
}

/** Every port that an edge from (or to) this end could lead to, with the reason against it, null where it fits. */
export function fitsOf(graph: FlowGraph, end: PortEnd): Map<string, string | null> {
  const fits = new Map<string, string | null>();
  const outward = end.side === 'output';
  const circle = stepsAlong(graph, end.step, outward ? 'before' : 'after');
  const level = levelOf(graph, end);
  for (const [step, { ports }] of graph.steps) {
    for (const port of outward ? [...ports.inputs, ...ports.innerInputs] : [...ports.outputs, ...ports.innerOutputs]) {
      const other: PortEnd = { step, port: port.name, side: outward ? 'input' : 'output' };
      const border = level === end.step || level === step;
      const fit = outward ? edgeFits(graph, end, other) : edgeFits(graph, other, end);
      const reason = fit.fits ? (!border && circle.has(step) ? 'The flow would go in a circle' : null) : fit.reason;
      fits.set(portKey(other), reason);
    }
  }
  return fits;
}

/** The first port of a step of this type that would fit the end of an edge that is being drawn; undefined where none does. */
export function fittingPort(type: StepType, end: PortEnd, endType: PortType): Port | undefined {
  const ports = portsOf(type, type.defaults, (port) => (end.side === 'output' && port !== 'result' ? endType : 'any'));
  return end.side === 'output'
    ? ports.inputs.find((port) => assignable(endType, port.type).fits)
    : ports.outputs.find((port) => assignable(port.type, endType).fits);
}
