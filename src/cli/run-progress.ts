import type { FlowFile } from '../shared/model/flow.ts';
import { finishedStepStates, isRunOver, type RunSummary, type StepInstance } from '../shared/model/run.ts';
import type { RunWatcher } from './follow-run.ts';
import { createTokenWriter } from './token-writer.ts';

/** A run as `tellRun` tells it, and what models write at the top level as they write it. Returns how it is told. */
export function tellStreamingRun(
  file: FlowFile,
  nodeName: (id: string) => string,
  write: (text: string) => void,
): RunWatcher {
  const names = new Map(file.steps.map(({ id, name }) => [id, name]));
  const writer = createTokenWriter(write);
  const lines = tellRun(file, nodeName, writer.line);
  const running = new Set<string>();
  const jobs = new Map<string, string>();
  return {
    ...lines,
    onSteps(steps) {
      for (const { path, stepId, state, jobId } of steps) {
        if (path !== '' || jobId === undefined) continue;
        jobs.set(jobId, names.get(stepId) ?? stepId);
        if (state === 'running') running.add(jobId);
        else if (running.delete(jobId)) writer.ended(jobId);
      }
      lines.onSteps(steps);
    },
    onChunks: (jobId, chunks) => writer.chunks(jobId, jobs.get(jobId) ?? 'Step', chunks),
    follows: () => [...running].map((jobId) => ({ jobId, after: writer.last(jobId) })),
  };
}

/** Tells a run in lines: each step at the top level when it starts and ends, and how far a Map has come. */
export function tellRun(file: FlowFile, nodeName: (id: string) => string, say: (line: string) => void): RunWatcher {
  const names = new Map(file.steps.map(({ id, name }) => [id, name]));
  const told = new Map<string, string>();
  let progress = '';
  return {
    onSteps: (steps) => {
      for (const step of steps) {
        // What is inside a Map is told only as a number, save where it asks people.
        if (step.path !== '' && step.state !== 'awaiting_approval') continue;
        const name = names.get(step.stepId) ?? step.stepId;
        const key = `${step.stepId}@${step.path}`;
        const line = describeStep(step, step.path === '' ? name : `${name} at ${step.path}`, nodeName);
        if (line !== null && told.get(key) !== step.state) say(line);
        told.set(key, step.state);
      }
    },
    onRun: (run) => {
      const line =
        run.state === 'waiting' ? '  … in line: as many runs of this flow go on as it allows' : describeProgress(run);
      if (line !== progress && !isRunOver(run.state)) say(line);
      progress = line;
    },
  };
}

const marks = { succeeded: '✓', failed: '✗', skipped: '–', cancelled: '–' } as const;

/** One line about a step that runs or has finished; null for one that has nothing to tell yet. */
export function describeStep(step: StepInstance, name: string, nodeName: (id: string) => string): string | null {
  if (step.state === 'awaiting_approval')
    return `  ? ${name} waits for an approval: otherthing approve ${step.approvalId ?? '--list'}`;
  if (step.state === 'running') return `  › ${name}${waitWords(step)}`;
  if (!finishedStepStates.includes(step.state)) return null;
  const mark = marks[step.state as keyof typeof marks];
  return [`  ${mark} ${name}`, ...details(step, nodeName)].join(' · ');
}

function waitWords({ waitsUntil, childRunId }: StepInstance): string {
  if (waitsUntil !== undefined) return ` waits until ${new Date(waitsUntil).toISOString()}`;
  return childRunId === undefined ? '' : ` waits for ${childRunId}`;
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
