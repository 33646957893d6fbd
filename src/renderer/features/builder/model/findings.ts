import { useMemo, useSyncExternalStore } from 'react';
import { createFlowCheck, type Finding } from '../../../../shared/flows/validate.ts';
import type { FlowSession } from '../document/flow-session.ts';
import type { FlowView } from '../document/flow-view.ts';
import { mistakesByStep } from '../run/run-session.ts';
import { useBuilder, useRun } from './builder.ts';
import { graphOf } from './ports.ts';

const found = new WeakMap<FlowView, readonly Finding[]>();
const check = createFlowCheck();

/** What is wrong with a flow; worked out once per view, and for steps that did not change not again. */
export function findingsOf(view: FlowView): readonly Finding[] {
  const known = found.get(view) ?? check(view.file, graphOf(view));
  found.set(view, known);
  return known;
}

const pause = 180;

/** The findings of the whole flow, once the person has paused: checking a large flow takes longer than a key may. */
export function useAllFindings(): readonly Finding[] {
  const { flow } = useBuilder();
  return useSyncExternalStore(...followed(flow));
}

type Followed = [subscribe: (changed: () => void) => () => void, snapshot: () => readonly Finding[]];
const followedFlows = new WeakMap<FlowSession, Followed>();

/** One check for everybody who wants to know about this flow. */
function followed(flow: FlowSession): Followed {
  const known = followedFlows.get(flow) ?? follow(flow);
  followedFlows.set(flow, known);
  return known;
}

function follow({ view }: FlowSession): Followed {
  let findings = findingsOf(view.getState());
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop: (() => void) | null = null;
  const check = () => {
    findings = findingsOf(view.getState());
    for (const listener of listeners) listener();
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(check, pause);
  };
  const subscribe = (changed: () => void) => {
    listeners.add(changed);
    stop ??= view.subscribe(later);
    return () => {
      listeners.delete(changed);
      if (listeners.size > 0) return;
      clearTimeout(timer);
      stop?.();
      stop = null;
    };
  };
  return [subscribe, () => findings];
}

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
