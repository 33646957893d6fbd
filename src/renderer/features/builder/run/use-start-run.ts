import { useCallback } from 'react';
import type { FlowGraph } from '../../../../shared/flows/graph.ts';
import { inputValue } from '../../../../shared/flows/steps/input.ts';
import { isRunOver } from '../../../../shared/model/run.ts';
import { errorWords } from '../../../api/error-words.ts';
import { toast } from '../../../ui/toasts.tsx';
import { type Builder, useBuilder } from '../model/builder.ts';
import { findingsOf } from '../model/findings.ts';
import { graphOf } from '../model/ports.ts';
import { select } from '../model/ui-state.ts';
import { pinsOf } from './pins.ts';

/** Inputs of the flow that have no value, by name, with their types. */
export function openInputs(graph: FlowGraph): { name: string; title: string; type: string }[] {
  return [...graph.inputs].flatMap(([name, { id, config, step }]) => {
    const value = inputValue({ id, config }, {});
    const empty = value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
    return empty ? [{ name, title: step.name, type: String(config['type'] ?? 'text') }] : [];
  });
}

/** All of the flow; from a step on, with what came before taken from the shown run; or some steps alone. */
export type Extent = { kind: 'all' } | { kind: 'from'; step: string } | { kind: 'only'; steps: readonly string[] };
export const wholeFlow: Extent = { kind: 'all' };

/** Runs the flow as it is now: leads to the first mistake, or asks for what has no value, or starts. */
export function useStartRun(): (extent?: Extent) => void {
  const builder = useBuilder();
  return useCallback(
    (extent: Extent = wholeFlow) => {
      const { flow, ui, run, readOnly } = builder;
      const { pending, overlay } = run.state.getState();
      if (readOnly || !flow.state.getState().loaded || pending !== null) return;
      if (overlay !== null && !isRunOver(overlay.run.state)) return;
      if (leadToMistake(builder)) return;
      const graph = graphOf(flow.view.getState());
      const pinned = builder.pins.state.getState();
      // What the run before gave, or a pin gives, is not asked for again.
      const open = openInputs(graph).filter(({ name }) => pinned[graph.inputs.get(name)?.id ?? ''] === undefined);
      const given = extent.kind !== 'all' && overlay !== null;
      if (open.length > 0 && !given) return ui.setState({ asking: extent });
      void startWith(builder, extent, {});
    },
    [builder],
  );
}

/** Starts, and says why where the host refuses. */
export async function startWith(builder: Builder, extent: Extent, inputs: Record<string, unknown>): Promise<void> {
  const { flow, run, pins } = builder;
  const before = run.state.getState().overlay?.run.id;
  const pinned = pinsOf(pins.state.getState(), flow.view.getState().steps);
  const from = before === undefined || extent.kind === 'all' ? null : before;
  const started = await run.start({
    inputs,
    ...(Object.keys(pinned).length === 0 ? {} : { pinned }),
    ...(from === null ? {} : { from: { runId: from, ...(extent.kind === 'from' ? { step: extent.step } : {}) } }),
    ...(extent.kind === 'only' ? { only: [...extent.steps] } : {}),
  });
  if (started === null) sayWhy(run.state.getState().problem);
}

/** Chooses the first step that is wrong and says what is; false where the flow may run. */
function leadToMistake({ flow, ui }: Builder): boolean {
  const wrong = findingsOf(flow.view.getState()).filter((finding) => finding.severity === 'error');
  const [first] = wrong;
  if (first === undefined) return false;
  if (first.stepId !== undefined) select(ui, [first.stepId]);
  ui.setState({ tab: 'settings', inspectorClosed: false });
  toast({
    sign: 'look',
    text: wrong.length > 1 ? `${first.message}, and ${wrong.length - 1} more.` : `${first.message}.`,
  });
  return true;
}

/** A run that the host refused, in words. */
export function sayWhy(problem: unknown): void {
  const { what, next } = errorWords(problem);
  toast({ sign: 'failed', text: `${what} ${next}`, stays: 10_000 });
}
