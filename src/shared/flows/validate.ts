/** What is wrong with a flow, in words, at the place of the mistake. The builder and the orchestrator ask the same. */
import { Check, Errors } from 'typebox/value';
import type { FieldError } from '../errors.ts';
import { AppError, type ErrorCode } from '../errors.ts';
import { FlowEdge, FlowFile, FlowStep } from '../model/flow.ts';
import { limits } from '../model/values.ts';
import { edgeFits } from './connect.ts';
import {
  containersAround,
  dependenciesOf,
  type FlowGraph,
  type GraphStep,
  meaningOf,
  orderOf,
  readGraph,
} from './graph.ts';
import { normalFile } from './normal-form.ts';
import { stepType } from './registry.ts';
import type { Port } from './step-type.ts';
import { runName } from './steps/input.ts';
import { policyFindings } from './validate-policy.ts';

export type FindingCode =
  | 'form'
  | 'flow_empty'
  | 'flow_too_large'
  | 'flow_cyclic'
  | 'step_type_unknown'
  | 'id_twice'
  | 'parent_wrong'
  | 'nested_too_deep'
  | 'settings_wrong'
  | 'edge_wrong'
  | 'input_missing'
  | 'input_taken'
  | 'template_wrong'
  | 'template_name_unknown'
  | 'name_twice'
  | 'only_at_top'
  | 'map_without_result'
  | 'policy_wrong'
  | 'error_unused'
  | 'cache_unused';

export interface Finding {
  readonly code: FindingCode;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly stepId?: string;
  readonly edgeId?: string;
  /** The field of the settings or the input port, `rows/0/value` inside rows. */
  readonly field?: string;
  /** Offset in the field's text. */
  readonly at?: number;
}

const deepest = 6;
/** A flow that is wrong all over gives this many findings and no more. */
const mostFindings = 500;

/** Every mistake of a flow; it may run when none of them is an error. */
export function validateFlow(file: FlowFile): Finding[] {
  return createFlowCheck()(file);
}

/**
 * Checks a flow again and again while it is edited: a step or an edge that is still the same object is not looked at twice
 * for itself (its form, its settings), only for how it stands to the others. Nobody may change such an object in place.
 * `graph` saves reading it again where the file is in normal form.
 */
export function createFlowCheck(): (file: FlowFile, graph?: FlowGraph) => Finding[] {
  const wellFormed = new WeakSet<object>();
  const settings = new WeakMap<FlowStep, readonly Finding[]>();
  const settingsOf = (step: GraphStep) => {
    const found = settings.get(step.step) ?? settingsFindings(step);
    settings.set(step.step, found);
    return found;
  };
  return (file, known) => {
    if (!isWellFormed(file, wellFormed)) return formFindings(file);
    const graph = known ?? readGraph(normalFile(file));
    return [
      ...fileFindings(file),
      ...[...graph.steps.values()].flatMap((step) => [...settingsOf(step), ...stepFindings(graph, step)]),
      ...edgeFindings(file, graph),
      ...nameFindings(graph),
      ...circleFindings(graph),
    ].slice(0, mostFindings);
  };
}

/** As `Check(FlowFile, file)`, part by part, so that parts which were well formed before need no second look. */
function isWellFormed(file: FlowFile, known: WeakSet<object>): boolean {
  if (!Array.isArray(file?.steps) || !Array.isArray(file.edges)) return false;
  if (file.steps.length > limits.stepsPerFlow || file.edges.length > mostEdges) return Check(FlowFile, file);
  const part = (schema: typeof FlowStep | typeof FlowEdge, value: FlowStep | FlowEdge): boolean => {
    if (known.has(value)) return true;
    if (!Check(schema, value)) return false;
    known.add(value);
    return true;
  };
  return (
    file.steps.every((step) => part(FlowStep, step)) &&
    file.edges.every((edge) => part(FlowEdge, edge)) &&
    Check(FlowFile, { ...file, steps: [], edges: [] })
  );
}

const mostEdges = 20_000;

function error(code: FindingCode, message: string, where: Partial<Finding> = {}): Finding {
  return { code, severity: 'error', message, ...where };
}

function formFindings(file: unknown): Finding[] {
  return Errors(FlowFile, file)
    .slice(0, 20)
    .map(({ instancePath, message }) => error('form', `${instancePath || 'The file'}: ${message}`));
}

function fileFindings(file: FlowFile): Finding[] {
  const found: Finding[] = [];
  const steps = new Map<string, FlowStep>();
  for (const step of file.steps) {
    if (steps.has(step.id)) found.push(error('id_twice', `Two steps have the id "${step.id}"`, { stepId: step.id }));
    steps.set(step.id, step);
  }
  if (file.steps.length === 0) found.push(error('flow_empty', 'There is no step yet'));
  if (file.steps.length > limits.stepsPerFlow)
    found.push(error('flow_too_large', `A flow has at most ${limits.stepsPerFlow} steps`));
  for (const step of steps.values()) found.push(...placeFindings(step, steps));
  return found;
}

function placeFindings(step: FlowStep, steps: ReadonlyMap<string, FlowStep>): Finding[] {
  const at = { stepId: step.id };
  if (stepType(step.type) === null)
    return [error('step_type_unknown', `This version does not know steps of type "${step.type}"`, at)];
  if (step.parent === undefined) return [];
  const parent = steps.get(step.parent);
  if (parent === undefined) return [error('parent_wrong', `It stands inside "${step.parent}", which is not there`, at)];
  if (stepType(parent.type)?.executes !== 'container')
    return [error('parent_wrong', `${parent.name} does not hold other steps`, at)];
  return goesRound(step, steps) ? [error('parent_wrong', 'It stands inside itself', at)] : [];
}

function goesRound(step: FlowStep, steps: ReadonlyMap<string, FlowStep>): boolean {
  const seen = new Set<string>();
  for (let at: FlowStep | undefined = step; at?.parent !== undefined; at = steps.get(at.parent)) {
    if (seen.has(at.id)) return true;
    seen.add(at.id);
  }
  return false;
}

// ---- one step ----

function stepFindings(graph: FlowGraph, step: GraphStep): Finding[] {
  return [
    ...templateFindings(graph, step),
    ...[...step.ports.inputs, ...step.ports.innerInputs].flatMap((port) => inputFindings(graph, step, port)),
    ...standingFindings(graph, step),
    ...policyFindings(graph, step),
  ];
}

function settingsFindings({ id, type, config }: GraphStep): Finding[] {
  if (Check(type.config, config))
    return (type.problems?.(config) ?? []).map(({ field, message }) =>
      error('settings_wrong', message, { stepId: id, field }),
    );
  return Errors(type.config, config)
    .slice(0, 10)
    .map(({ instancePath, message }) =>
      error('settings_wrong', message, { stepId: id, field: instancePath.replace(/^\//, '') }),
    );
}

function templateFindings(graph: FlowGraph, step: GraphStep): Finding[] {
  return step.templates.flatMap(({ path, error: wrong, uses, seesInputs, seesSecrets }) => {
    const where = { stepId: step.id, field: path.join('/') };
    if (wrong !== null) return [error('template_wrong', wrong.message, { ...where, at: wrong.at })];
    return uses.flatMap(({ segments, start }) => {
      if (seesSecrets && segments[0] === 'secrets' && segments.length === 2) return [];
      const meaning = meaningOf(graph, step, segments, seesInputs);
      return meaning.kind === 'unknown'
        ? [error('template_name_unknown', meaning.message, { ...where, at: start })]
        : [];
    });
  });
}

function inputFindings(graph: FlowGraph, step: GraphStep, port: Port): Finding[] {
  const edges = (graph.into.get(step.id) ?? []).filter(({ to }) => to.port === port.name);
  const where = { stepId: step.id, field: port.field ?? port.name };
  if (edges.length > 1 && port.multiple !== true)
    return [error('input_taken', `Several edges lead to ${port.title}; use Merge`, where)];
  if (edges.length > 0 || port.required !== true || typedIn(step, port) !== undefined) return [];
  return [error('input_missing', `Nothing leads to ${port.title}`, where)];
}

/** What the settings hold for an input that nothing is wired to; undefined for nothing. */
export function typedIn({ config }: Pick<GraphStep, 'config'>, { field }: Port): unknown {
  if (field === undefined) return undefined;
  const value = field
    .split('/')
    .reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined | null)?.[name], config);
  return value === '' || value === null ? undefined : value;
}

function standingFindings(graph: FlowGraph, { id, type, scope, step }: GraphStep): Finding[] {
  const found: Finding[] = [];
  if (scope !== '' && (type.type === 'input' || type.type === 'output' || type.trigger !== undefined))
    found.push(error('only_at_top', `${type.name} does not stand inside a Map`, { stepId: id }));
  if (containersAround(graph, id).length > deepest)
    found.push(error('nested_too_deep', `Maps stand in one another at most ${deepest} deep`, { stepId: id }));
  if (type.executes === 'container' && !(graph.into.get(id) ?? []).some(({ to }) => to.port === 'result'))
    found.push({
      code: 'map_without_result',
      severity: 'warning',
      message: `Nothing inside ${step.name} leads to its result, so its results are empty`,
      stepId: id,
    });
  return found;
}

// ---- the whole ----

function edgeFindings(file: FlowFile, graph: FlowGraph): Finding[] {
  const steps = new Map(file.steps.map((step) => [step.id, step]));
  return file.edges.flatMap((edge) => {
    const missing = [edge.from.step, edge.to.step].find((id) => !steps.has(id));
    if (missing !== undefined)
      return [error('edge_wrong', `An edge leads to "${missing}", which is not there`, { edgeId: edge.id })];
    const unknown = [edge.from.step, edge.to.step].some((id) => !graph.steps.has(id));
    return unknown ? [] : fitFindings(graph, edge);
  });
}

function fitFindings(graph: FlowGraph, { id, from, to }: FlowEdge): Finding[] {
  const fit = edgeFits(graph, from, to);
  return fit.fits ? [] : [error('edge_wrong', fit.reason, { edgeId: id, stepId: to.step, field: to.port })];
}

function nameFindings(graph: FlowGraph): Finding[] {
  return ['input', 'output'].flatMap((type) => {
    const steps = [...graph.steps.values()].filter((step) => step.type.type === type);
    const byName = Map.groupBy(steps, ({ id, config }) => runName({ id, config }));
    return [...byName].flatMap(([name, same]) =>
      same
        .slice(1)
        .map(({ id }) => error('name_twice', `Another ${type} is called "${name}" too`, { stepId: id, field: 'name' })),
    );
  });
}

function circleFindings(graph: FlowGraph): Finding[] {
  return [...dependenciesOf(graph)].flatMap(([scope, dependencies]) => {
    const { circle } = orderOf(graph, scope, dependencies);
    const names = circle.map((id) => graph.steps.get(id)?.step.name ?? id);
    const words = `These steps wait for one another: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ' …' : ''}`;
    return circle.map((stepId) => error('flow_cyclic', words, { stepId }));
  });
}

/** The findings as the one error that refuses a run, with every place (`steps/<id>/<field>`); null when it may run. */
export function refusal(findings: readonly Finding[]): AppError | null {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return null;
  return new AppError(refusalCode(errors), first.message, { errors: errors.slice(0, 50).map(toFieldError) });
}

const specific: readonly ErrorCode[] = ['step_type_unknown', 'flow_cyclic', 'flow_too_large'];

function refusalCode(errors: readonly Finding[]): ErrorCode {
  return specific.find((code) => errors.some((one) => one.code === code)) ?? 'flow_invalid';
}

function toFieldError({ code, message, stepId, edgeId, field }: Finding): FieldError {
  const place = stepId === undefined ? (edgeId === undefined ? [] : ['edges', edgeId]) : ['steps', stepId];
  return { path: [...place, ...(field === undefined ? [] : [field])].join('/'), message, code };
}
