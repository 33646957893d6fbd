/** What goes into a step instance: its edges' values, and its settings with the templates filled in. Pure. */
import { fieldsOf, templatedTexts, withValues } from '../../shared/flows/form.ts';
import {
  type Config,
  type Delivery,
  type Port,
  portsFrom,
  StepFailure,
  type Values,
} from '../../shared/flows/step-type.ts';
import {
  dig,
  type Lookup,
  readTemplate,
  renderSecretText,
  renderText,
  renderValue,
} from '../../shared/flows/template.ts';
import { hasTemplate, TemplateError } from '../../shared/flows/template-parse.ts';
import { mismatch } from '../../shared/flows/types.ts';
import type { FlowEdge } from '../../shared/model/flow.ts';
import type { CompiledLevel, CompiledStep } from './compile.ts';

/** Where values come from: outputs by step, seen from inside one level; what its Map hands it; the run's inputs. */
export interface Sources {
  outputsOf(stepId: string): Values | undefined;
  /** The Map's inner outputs (`item`, `index`), where the level is inside one. */
  readonly inner: Values | undefined;
  readonly runInputs: Values;
}

export interface Gathered {
  readonly inputs: Values;
  readonly config: Config;
}

/** Edges into a step, in the order of their ids. */
export function edgesInto(level: CompiledLevel, stepId: string): FlowEdge[] {
  const index = level.level.indexOf.get(stepId) ?? -1;
  const edges = (level.level.into[index] ?? []).flatMap((number) => level.level.edges[number] ?? []);
  return edges.toSorted((left, right) => (left.id < right.id ? -1 : 1));
}

/** Throws a StepFailure in words where a template cannot be filled in, or a value is missing or of the wrong type. */
export function gather(level: CompiledLevel, one: CompiledStep, sources: Sources): Gathered {
  const edges = edgesInto(level, one.step.id);
  const wired = wiredValues(portsFrom(one.type.inputs, one.step.config), edges, one, sources);
  const config = fillIn(one, sources, wired);
  const inputs: Record<string, unknown> = { ...wired };
  for (const port of portsFrom(one.type.inputs, config)) {
    const typedIn = port.field === undefined ? undefined : dig(config, pathOf(port.field));
    if (inputs[port.name] === undefined && typedIn !== undefined && typedIn !== '') inputs[port.name] = typedIn;
    checkInput(port, inputs[port.name]);
  }
  return { inputs, config };
}

function wiredValues(ports: readonly Port[], edges: readonly FlowEdge[], one: CompiledStep, sources: Sources): Values {
  const values: Record<string, unknown> = {};
  for (const port of ports) {
    const deliveries = edges.flatMap((edge) => (edge.to.port === port.name ? deliver(edge, one, sources) : []));
    if (port.multiple === true) values[port.name] = deliveries;
    else if (deliveries[0] !== undefined) values[port.name] = deliveries[0].value;
  }
  return values;
}

function deliver({ from }: FlowEdge, one: CompiledStep, sources: Sources): Delivery[] {
  const outputs = from.step === one.step.parent ? sources.inner : sources.outputsOf(from.step);
  const value = outputs?.[from.port];
  return value === undefined ? [] : [{ step: from.step, port: from.port, value }];
}

function checkInput(port: Port, value: unknown): void {
  if (value === undefined && port.required === true) {
    throw new StepFailure(
      'input_missing',
      `"${port.title}" has no value.`,
      'Wire it, or give a value in the settings.',
    );
  }
  if (value === undefined || port.multiple === true || port.type === 'any') return;
  const wrong = mismatch(port.type, value);
  if (wrong !== null)
    throw new StepFailure('input_wrong', `"${port.title}": ${wrong}.`, 'Put a step between that makes it fit.');
}

/** `rows/0/value` as segments; numbers go into lists. */
function pathOf(field: string): (string | number)[] {
  return field.split('/').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function fillIn({ step, type }: CompiledStep, sources: Sources, wired: Values): Config {
  const texts = templatedTexts(type.config, step.config).filter(({ text }) => hasTemplate(text));
  if (texts.length === 0) return step.config;
  const lookup = lookupIn(sources, wired);
  const long = new Set(fieldsOf(type.config).flatMap(({ name, widget }) => (widget === 'template' ? [name] : [])));
  const values = texts.map(({ path, text, secrets }) => ({
    path,
    value: render(text, lookup, secrets ? 'secret' : long.has(String(path[0])) ? 'text' : 'value', path),
  }));
  return withValues(step.config, values);
}

const renderers = { text: renderText, value: renderValue, secret: renderSecretText };

function render(text: string, lookup: Lookup, as: keyof typeof renderers, path: readonly (string | number)[]): unknown {
  try {
    return renderers[as](readTemplate(text), lookup);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new StepFailure(
      error.code,
      `${error.message} (in "${path.join('/')}").`,
      'Correct the template in the settings.',
    );
  }
}

/** Names in templates: the step's own inputs, then what its Map hands it, the run's inputs, other steps. */
function lookupIn(sources: Sources, wired: Values): Lookup {
  return ([root, ...rest]) => {
    if (typeof root === 'string' && Object.hasOwn(wired, root)) return dig(wired[root], rest);
    if (root === 'inputs') return dig(sources.runInputs, rest);
    if (root === 'item' || root === 'index') return dig(sources.inner?.[root], rest);
    if (root !== 'steps' || typeof rest[0] !== 'string') return undefined;
    return dig(sources.outputsOf(rest[0]), rest.slice(1));
  };
}
