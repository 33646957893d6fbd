import { useCallback } from 'react';
import type { FlowGraph } from '../../../../shared/flows/graph.ts';
import { inputValue } from '../../../../shared/flows/steps/input.ts';
import { isRunOver } from '../../../../shared/model/run.ts';
import { errorWords } from '../../../api/error-words.ts';
import { toast } from '../../../ui/toasts.tsx';
import { useBuilder } from '../model/builder.ts';
import { findingsOf } from '../model/findings.ts';
import { graphOf } from '../model/ports.ts';
import { select } from '../model/ui-state.ts';

/** Inputs of the flow that have no value, by name, with their types. */
export function openInputs(graph: FlowGraph): { name: string; title: string; type: string }[] {
  return [...graph.inputs].flatMap(([name, { id, config, step }]) => {
    const value = inputValue({ id, config }, {});
    const empty = value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
    return empty ? [{ name, title: step.name, type: String(config['type'] ?? 'text') }] : [];
  });
}

/** Runs the flow as it is now: leads to the first mistake, or asks for what has no value, or starts. */
export function useStartRun(): () => void {
  const { flow, ui, run, readOnly } = useBuilder();
  return useCallback(() => {
    const { pending, overlay } = run.state.getState();
    if (
      readOnly ||
      !flow.state.getState().loaded ||
      pending !== null ||
      (overlay !== null && !isRunOver(overlay.run.state))
    )
      return;
    const view = flow.view.getState();
    const wrong = findingsOf(view).filter((finding) => finding.severity === 'error');
    const [first] = wrong;
    if (first !== undefined) {
      if (first.stepId !== undefined) select(ui, [first.stepId]);
      ui.setState({ tab: 'settings', inspectorClosed: false });
      toast({
        sign: 'look',
        text: wrong.length > 1 ? `${first.message}, and ${wrong.length - 1} more.` : `${first.message}.`,
      });
      return;
    }
    if (openInputs(graphOf(view)).length > 0) return ui.setState({ asking: true });
    void start({});
    async function start(inputs: Record<string, unknown>) {
      const started = await run.start(inputs);
      if (started === null) sayWhy(run.state.getState().problem);
    }
  }, [flow, ui, run, readOnly]);
}

/** A run that the host refused, in words. */
export function sayWhy(problem: unknown): void {
  const { what, next } = errorWords(problem);
  toast({ sign: 'failed', text: `${what} ${next}`, stays: 10_000 });
}
