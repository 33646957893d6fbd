import type { FlowFile } from '../shared/model/flow.ts';
import { finishedStepStates, type RunSummary, type StepInstance } from '../shared/model/run.ts';
import type { RunWatcher } from './follow-run.ts';

/** Tells a run in lines: each step at the top level when it starts and ends, and how far a Map has come. */
export function tellRun(file: FlowFile, nodeName: (id: string) => string, say: (line: string) => void): RunWatcher {
  const names = new Map(file.steps.map(({ id, name }) => [id, name]));
  const told = new Map<string, string>();
  let progress = '';
  return {
    onSteps: (steps) => {
      for (const step of steps) {
        if (step.path !== '') continue;
        const line = describeStep(step, names.get(step.stepId) ?? step.stepId, nodeName);
        if (line !== null && told.get(step.stepId) !== step.state) say(line);
        told.set(step.stepId, step.state);
      }
    },
    onRun: (run) => {
      const line = describeProgress(run);
      if (line !== progress && run.state === 'running') say(line);
      progress = line;
    },
  };
}

const marks = { succeeded: '✓', failed: '✗', skipped: '–', cancelled: '–' } as const;

/** One line about a step that runs or has finished; null for one that has nothing to tell yet. */
export function describeStep(step: StepInstance, name: string, nodeName: (id: string) => string): string | null {
  if (step.state === 'running') return `  › ${name}`;
  if (!finishedStepStates.includes(step.state)) return null;
  const mark = marks[step.state as keyof typeof marks];
  return [`  ${mark} ${name}`, ...details(step, nodeName)].join(' · ');
}

function details(step: StepInstance, nodeName: (id: string) => string): string[] {
  const { items, startedAt, finishedAt, nodeId, error, state } = step;
  return [
    ...(state === 'skipped' || state === 'cancelled' ? [state] : []),
    ...(items === undefined
      ? []
      : [`${items.done} of ${items.total}${items.failed > 0 ? `, ${items.failed} failed` : ''}`]),
    ...(nodeId === undefined ? [] : [`on ${nodeName(nodeId)}`]),
    ...(startedAt === undefined || finishedAt === undefined ? [] : [duration(finishedAt - startedAt)]),
    ...(error === undefined ? [] : [`${error.code}: ${error.message}`]),
  ];
}

function describeProgress({ progress: { done, failed, total } }: RunSummary): string {
  return `  … ${done} of ${total} done${failed > 0 ? `, ${failed} failed` : ''}`;
}

/** 340 ms, 4.2 s, 3 min 20 s. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}
