/** What the steps of a run may read. */
import type { Values } from '../../shared/flows/step-type.ts';
import { isBlobRef } from '../../shared/model/values.ts';
import type { CompiledStep } from './compile.ts';
import { edgesInto, type Sources } from './inputs.ts';
import type { ActiveRun, Scope } from './run-memory.ts';
import type { WorkDeps } from './work-deps.ts';

/** What a step may read; large values that it needs are loaded first. */
export async function sourcesOf(deps: WorkDeps, run: ActiveRun, scope: Scope, one: CompiledStep): Promise<Sources> {
  const needed = new Set([...edgesInto(scope.level, one.step.id).map(({ from }) => from.step), ...one.mentions]);
  const loaded = new Map<string, Values>();
  for (const id of needed) {
    const outputs = outputsIn(scope, id);
    if (outputs !== undefined && Object.values(outputs).some(isBlobRef)) loaded.set(id, await loadAll(deps, outputs));
  }
  return {
    outputsOf: (id) => loaded.get(id) ?? outputsIn(scope, id),
    inner: scope.inner,
    runInputs: run.row.inputs as Values,
  };
}

function outputsIn(scope: Scope, id: string): Values | undefined {
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    const outputs = at.outputs.get(id);
    if (outputs !== undefined) return outputs;
  }
  return undefined;
}

async function loadAll(deps: WorkDeps, outputs: Values): Promise<Values> {
  const entries = Object.entries(outputs).map(async ([port, value]) => [port, await deps.values.load(value)] as const);
  return Object.fromEntries(await Promise.all(entries));
}
