/**
 * A flow file read as a graph: each step with its type, ports and templates, and what it depends on. Scopes are the levels
 * of the graph: '' is the top, and each container (Map) opens one for what stands in it.
 */
import type { FlowEdge, FlowFile, FlowStep, StepPolicy } from '../model/flow.ts';
import { templatedTexts } from './form.ts';
import { stepType } from './registry.ts';
import { type Config, type Port, portsFrom, type StepType, type WiredType } from './step-type.ts';
import { runName } from './steps/input.ts';
import { readTemplate, type TemplateUse, usesOf } from './template.ts';
import { hasTemplate, type Template, TemplateError } from './template-parse.ts';
import type { PortType } from './types.ts';

export interface StepTemplate {
  /** Where it stands in the settings. */
  readonly path: readonly (string | number)[];
  readonly template: Template | null;
  readonly error: TemplateError | null;
  readonly uses: readonly TemplateUse[];
  /** Whether it may name the step's own inputs; not so where it gives the value of one. */
  readonly seesInputs: boolean;
  /** Whether it may name secrets. */
  readonly seesSecrets: boolean;
}

export interface GraphStep {
  readonly id: string;
  readonly step: FlowStep;
  readonly type: StepType;
  /** The container that it stands in, '' at the top. */
  readonly scope: string;
  /** Its settings with the defaults of its type. */
  readonly config: Config;
  readonly templates: readonly StepTemplate[];
  readonly ports: StepPorts;
}

export interface StepPorts {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly innerInputs: readonly Port[];
  readonly innerOutputs: readonly Port[];
}

export interface FlowGraph {
  readonly steps: ReadonlyMap<string, GraphStep>;
  /** The steps of each scope; a container without inner steps has an empty one. */
  readonly scopes: ReadonlyMap<string, readonly GraphStep[]>;
  /** Edges by the step that they lead to or come from, in the order of their ids. */
  readonly into: ReadonlyMap<string, readonly FlowEdge[]>;
  readonly from: ReadonlyMap<string, readonly FlowEdge[]>;
  /** Steps of type Input by the name under which runs and templates know them. */
  readonly inputs: ReadonlyMap<string, GraphStep>;
}

/** Reads a file in normal form. Steps of unknown types, and edges at them, are no part of the graph. */
export function readGraph(file: FlowFile): FlowGraph {
  const known = file.steps.flatMap((step) => {
    const type = stepType(step.type);
    return type === null ? [] : [{ step, type, config: { ...type.defaults, ...step.config } }];
  });
  const ids = new Set(known.map(({ step }) => step.id));
  const edges = file.edges.filter(({ from, to }) => ids.has(from.step) && ids.has(to.step));
  const into = Map.groupBy(edges, ({ to }) => to.step);
  const ports = resolvePorts(known, into);
  const steps = new Map(known.map((one) => [one.step.id, graphStep(one, ports)]));
  return {
    steps,
    scopes: scopesOf(steps),
    into,
    from: Map.groupBy(edges, ({ from }) => from.step),
    inputs: new Map(
      [...steps.values()].flatMap((one) =>
        one.type.type === 'input' ? [[runName({ id: one.id, config: one.config }), one]] : [],
      ),
    ),
  };
}

interface KnownStep {
  readonly step: FlowStep;
  readonly type: StepType;
  readonly config: Config;
}

const noPorts: StepPorts = { inputs: [], outputs: [], innerInputs: [], innerOutputs: [] };

function graphStep({ step, type, config }: KnownStep, ports: ReadonlyMap<string, StepPorts>): GraphStep {
  const own = ports.get(step.id) ?? noPorts;
  const inputFields = new Set(own.inputs.map(({ field }) => field));
  const templates = templatedTexts(type.config, config).flatMap(({ path, text, secrets }) => {
    if (!hasTemplate(text)) return [];
    const seesInputs = !inputFields.has(path.join('/'));
    return [{ path, seesInputs, seesSecrets: secrets, ...readStepTemplate(text) }];
  });
  return { id: step.id, step, type, scope: step.parent ?? '', config, templates, ports: own };
}

function readStepTemplate(text: string): Pick<StepTemplate, 'template' | 'error' | 'uses'> {
  try {
    const template = readTemplate(text);
    return { template, error: null, uses: usesOf(template) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { template: null, error, uses: [] };
  }
}

function scopesOf(steps: ReadonlyMap<string, GraphStep>): Map<string, GraphStep[]> {
  const scopes = new Map<string, GraphStep[]>([['', []]]);
  for (const { id, type } of steps.values()) if (type.executes === 'container') scopes.set(id, []);
  for (const step of steps.values()) scopes.get(step.scope)?.push(step);
  return scopes;
}

// ---- ports and their types ----

/** Types of ports follow the edges (an If passes on what it gets) at most so far, which also ends circles. */
const farthest = 100;

function resolvePorts(
  known: readonly KnownStep[],
  into: ReadonlyMap<string, readonly FlowEdge[]>,
): Map<string, StepPorts> {
  const byId = new Map(known.map((one) => [one.step.id, one]));
  const resolved = new Map<string, StepPorts>();
  const underway = new Set<string>();

  const typeFrom = (end: FlowEdge['from'], depth: number): PortType => {
    const found = portsAt(end.step, depth);
    return portNamed([...found.outputs, ...found.innerOutputs], end.port)?.type ?? 'any';
  };
  const wiredTo = (id: string, depth: number): WiredType => {
    const edges = into.get(id) ?? [];
    return (port) =>
      commonType(edges.filter(({ to }) => to.port === port).map(({ from }) => typeFrom(from, depth + 1)));
  };
  const portsAt = (id: string, depth: number): StepPorts => {
    const one = byId.get(id);
    const before = resolved.get(id);
    if (before !== undefined || one === undefined) return before ?? noPorts;
    const { policy } = one.step;
    if (depth > farthest || underway.has(id)) return portsOf(one.type, one.config, undefined, policy);
    underway.add(id);
    const ports = portsOf(one.type, one.config, wiredTo(id, depth), policy);
    underway.delete(id);
    resolved.set(id, ports);
    return ports;
  };
  for (const { step } of known) portsAt(step.id, 0);
  return resolved;
}

function commonType(types: readonly PortType[]): PortType {
  const [first] = types;
  return first !== undefined && types.every((type) => type === first) ? first : 'any';
}

/** The output that a step has whose policy says so: it gives something only when the step has failed (F5). */
export const errorPort: Port = {
  name: 'error',
  title: 'Error',
  type: 'json',
  description: 'What went wrong: code, message and next',
};

/** The ports of a step with these settings and this policy; unusable settings give none rather than an error. */
export function portsOf(type: StepType, config: Config, wired?: WiredType, policy?: StepPolicy): StepPorts {
  try {
    const inner = type.executes === 'container' ? type : null;
    const outputs = portsFrom(type.outputs, config, wired);
    const failing = policy?.onError === 'port' && portNamed(outputs, errorPort.name) === null;
    return {
      inputs: portsFrom(type.inputs, config, wired),
      outputs: failing ? [...outputs, errorPort] : outputs,
      innerInputs: inner === null ? [] : portsFrom(inner.innerInputs, config, wired),
      innerOutputs: inner === null ? [] : portsFrom(inner.innerOutputs, config, wired),
    };
  } catch {
    return noPorts;
  }
}

export function portNamed(ports: readonly Port[], name: string): Port | null {
  return ports.find((port) => port.name === name) ?? null;
}

// ---- what depends on what ----

/** The containers around a step, the nearest first. */
export function containersAround(graph: FlowGraph, stepId: string): string[] {
  const around: string[] = [];
  let at = graph.steps.get(stepId)?.scope ?? '';
  while (at !== '' && !around.includes(at)) {
    around.push(at);
    at = graph.steps.get(at)?.scope ?? '';
  }
  return around;
}

/** What the first names of a template stand for. */
export type NameMeaning =
  | {
      readonly kind: 'output';
      readonly step: string;
      readonly port: string;
      readonly rest: readonly (string | number)[];
    }
  | {
      readonly kind: 'inner';
      readonly container: string;
      readonly port: string;
      readonly rest: readonly (string | number)[];
    }
  | { readonly kind: 'own'; readonly port: string; readonly rest: readonly (string | number)[] }
  | { readonly kind: 'unknown'; readonly message: string };

/** What a name means at a step: `steps.<id>.<port>…`, `inputs.<name>…`, a port of the Map around it, one of its own inputs. */
export function meaningOf(
  graph: FlowGraph,
  at: GraphStep,
  segments: readonly (string | number)[],
  seesInputs: boolean,
): NameMeaning {
  const [first, second, third, ...others] = segments;
  if (seesInputs && portNamed(at.ports.inputs, String(first)) !== null)
    return { kind: 'own', port: String(first), rest: segments.slice(1) };
  if (first === 'steps') return outputMeaning(graph, at, String(second ?? ''), third, others);
  if (first === 'inputs') return inputMeaning(graph, String(second ?? ''), segments.slice(2));
  for (const container of containersAround(graph, at.id)) {
    const ports = graph.steps.get(container)?.ports.innerOutputs ?? [];
    if (portNamed(ports, String(first)) !== null)
      return { kind: 'inner', container, port: String(first), rest: segments.slice(1) };
  }
  return { kind: 'unknown', message: unknownName(String(first)) };
}

function unknownName(first: string): string {
  if (first === 'item' || first === 'index') return `"${first}" is there only inside a Map`;
  if (first === 'secrets') return 'Secrets may be named only in fields of steps that send them, as HTTP request does';
  return `There is nothing called "${first}"; names begin with steps. or inputs.`;
}

function inputMeaning(graph: FlowGraph, name: string, rest: readonly (string | number)[]): NameMeaning {
  const input = graph.inputs.get(name);
  if (input === undefined) return { kind: 'unknown', message: `The flow has no input called "${name}"` };
  return { kind: 'output', step: input.id, port: 'value', rest };
}

function outputMeaning(
  graph: FlowGraph,
  at: GraphStep,
  id: string,
  port: string | number | undefined,
  rest: readonly (string | number)[],
): NameMeaning {
  const source = graph.steps.get(id);
  if (source === undefined) return { kind: 'unknown', message: `There is no step "${id}"` };
  const around = containersAround(graph, at.id);
  if (id === at.id || around.includes(id))
    return { kind: 'unknown', message: `"${id}" is not finished before this step` };
  if (source.scope !== '' && !around.includes(source.scope))
    return { kind: 'unknown', message: `"${id}" stands inside a Map; outside, only the Map's results are there` };
  if (portNamed(source.ports.outputs, String(port ?? '')) === null)
    return { kind: 'unknown', message: outputsInWords(source) };
  return { kind: 'output', step: id, port: String(port), rest };
}

function outputsInWords({ id, ports }: GraphStep): string {
  const names = ports.outputs.map(({ name }) => `steps.${id}.${name}`);
  return names.length === 0 ? `"${id}" gives nothing` : `"${id}" gives ${names.join(', ')}`;
}

/** One thing that a step waits for, within its scope. `source` may be its container, whose inner ports are there from the start. */
export interface Dependency {
  readonly source: string;
  readonly port: string;
  readonly target: string;
  /** The input that an edge leads to; null for a template's name, and for a container that waits for what its inside names. */
  readonly input: string | null;
  /** The target is skipped when everything of this input, or this name, has died. */
  readonly required: boolean;
}

/** Everything that the steps wait for, scope by scope; a dependency belongs to the scope of its target. */
export function dependenciesOf(graph: FlowGraph): Map<string, Dependency[]> {
  const byScope = new Map<string, Dependency[]>([...graph.scopes.keys()].map((scope) => [scope, []]));
  for (const step of graph.steps.values()) {
    for (const one of [...edgeDependencies(graph, step), ...templateDependencies(graph, step)])
      byScope.get(scopeOfTarget(graph, one))?.push(one);
  }
  return byScope;
}

const scopeOfTarget = (graph: FlowGraph, { target }: Dependency) => graph.steps.get(target)?.scope ?? '';

function edgeDependencies(graph: FlowGraph, step: GraphStep): Dependency[] {
  return (graph.into.get(step.id) ?? []).flatMap(({ from, to }) => {
    const port = portNamed(step.ports.inputs, to.port);
    if (port === null) return [];
    return [{ source: from.step, port: from.port, target: step.id, input: to.port, required: port.required === true }];
  });
}

/** A name inside a Map that means a step outside makes the Map wait for that step too. */
function templateDependencies(graph: FlowGraph, step: GraphStep): Dependency[] {
  return step.templates.flatMap(({ uses, seesInputs }) =>
    uses.flatMap(({ segments, optional }) => {
      const meaning = meaningOf(graph, step, segments, seesInputs);
      if (meaning.kind !== 'output') return [];
      const source = { source: meaning.step, port: meaning.port, input: null };
      const sourceScope = graph.steps.get(meaning.step)?.scope ?? '';
      const waiting = [step.id, ...containersAround(graph, step.id)];
      const side = waiting.findIndex((id) => graph.steps.get(id)?.scope === sourceScope);
      return waiting
        .slice(0, side + 1)
        .map((target) => ({ ...source, target, required: target === step.id && !optional }));
    }),
  );
}

/** The steps of a scope in an order in which each comes after what it waits for; those on circles are told apart. */
export function orderOf(
  graph: FlowGraph,
  scope: string,
  dependencies: readonly Dependency[],
): { order: string[]; circle: string[] } {
  const ids = (graph.scopes.get(scope) ?? []).map(({ id }) => id);
  const inScope = new Set(ids);
  const links = dependencies.filter(({ source }) => inScope.has(source));
  const waits = new Map(ids.map((id) => [id, 0]));
  for (const { target } of links) waits.set(target, (waits.get(target) ?? 0) + 1);
  const bySource = Map.groupBy(links, ({ source }) => source);
  const order = ids.filter((id) => waits.get(id) === 0);
  for (const id of order)
    for (const { target } of bySource.get(id) ?? []) {
      const left = (waits.get(target) ?? 0) - 1;
      waits.set(target, left);
      if (left === 0) order.push(target);
    }
  const done = new Set(order);
  return {
    order,
    circle: withoutTails(
      ids.filter((id) => !done.has(id)),
      bySource,
    ),
  };
}

/** Only what lies on or between circles: what merely comes after one is left out. */
function withoutTails(ids: readonly string[], bySource: ReadonlyMap<string, readonly Dependency[]>): string[] {
  const left = new Set(ids);
  let before = -1;
  while (before !== left.size) {
    before = left.size;
    for (const id of [...left].reverse())
      if (!(bySource.get(id) ?? []).some(({ target }) => left.has(target))) left.delete(id);
  }
  return [...left];
}
