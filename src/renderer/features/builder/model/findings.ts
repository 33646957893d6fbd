import { useDeferredValue, useMemo } from 'react';
import { type Finding, validateFlow } from '../../../../shared/flows/validate.ts';
import type { FlowView } from '../document/flow-view.ts';
import { mistakesByStep } from '../run/run-session.ts';
import { useFlow, useRun } from './builder.ts';

const found = new WeakMap<FlowView, readonly Finding[]>();

/** What is wrong with a flow; worked out once per view. */
export function findingsOf(view: FlowView): readonly Finding[] {
  const known = found.get(view) ?? validateFlow(view.file);
  found.set(view, known);
  return known;
}

/** The findings of the whole flow, a moment after an edit, so that typing never waits for them. */
export const useAllFindings = (): readonly Finding[] => findingsOf(useDeferredValue(useFlow((view) => view)));

/** What to say at each step: its own findings, and what the host said when it refused to run the flow. */
export function useFindings(): ReadonlyMap<string, readonly string[]> {
  const findings = useAllFindings();
  const problem = useRun((run) => run.problem);
  return useMemo(() => {
    const byStep = new Map<string, string[]>();
    const add = (stepId: string, message: string) => {
      const messages = byStep.get(stepId) ?? [];
      if (!messages.includes(message)) messages.push(message);
      byStep.set(stepId, messages);
    };
    for (const { stepId, message } of findings) if (stepId !== undefined) add(stepId, message);
    for (const [stepId, messages] of mistakesByStep(problem)) for (const message of messages) add(stepId, message);
    return byStep;
  }, [findings, problem]);
}

/** The findings of one step, by the field of its settings or its port. */
export function useStepFindings(stepId: string): ReadonlyMap<string, string> {
  const findings = useAllFindings();
  return useMemo(() => {
    const byField = new Map<string, string>();
    for (const finding of findings) {
      if (finding.stepId === stepId && !byField.has(finding.field ?? ''))
        byField.set(finding.field ?? '', finding.message);
    }
    return byField;
  }, [findings, stepId]);
}
