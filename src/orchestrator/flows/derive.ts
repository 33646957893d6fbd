/**
 * The inputs of a step instance are never stored (F3): they follow from the outputs before it, and are gathered again when
 * somebody looks.
 */
import type { Values } from '../../shared/flows/step-type.ts';
import { type CompiledFlow, type CompiledStep, levelOf } from './compile.ts';
import { edgesInto, gather } from './inputs.ts';

export interface DeriveDeps {
  readonly flow: CompiledFlow;
  readonly runInputs: Values;
  /** Outputs of a finished instance, large values loaded. */
  outputsOf(stepId: string, path: string): Promise<Values | undefined>;
}

/** Rejects a StepFailure where they cannot be gathered, as the step itself would have been refused. */
export async function deriveInputs(deps: DeriveDeps, one: CompiledStep, path: string): Promise<Values> {
  const level = levelOf(deps.flow, one.step.parent ?? '');
  const outputs = new Map<string, Values>();
  for (const id of new Set([...edgesInto(level, one.step.id).map(({ from }) => from.step), ...one.mentions])) {
    const found = await deps.outputsOf(id, scopeOf(deps.flow, id, path));
    if (found !== undefined) outputs.set(id, found);
  }
  const inner = path === '' ? undefined : await innerOf(deps, level.container, path);
  return gather(level, one, { outputsOf: (id) => outputs.get(id), inner, runInputs: deps.runInputs }).inputs;
}

async function innerOf(deps: DeriveDeps, container: CompiledStep | null, path: string): Promise<Values | undefined> {
  const cut = path.lastIndexOf('/');
  const index = Number(/\[(\d+)\]$/.exec(path)?.[1]);
  if (container === null) return undefined;
  const { items } = await deriveInputs(deps, container, cut < 0 ? '' : path.slice(0, cut));
  return { item: Array.isArray(items) ? items[index] : undefined, index };
}

/** The part of an item path that a step's own level has: up to the Map that it stands in. */
function scopeOf(flow: CompiledFlow, stepId: string, path: string): string {
  const parent = flow.steps.get(stepId)?.step.parent;
  if (parent === undefined) return '';
  const parts = path.split('/');
  return parts.slice(0, parts.findIndex((part) => part.startsWith(`${parent}[`)) + 1).join('/');
}
