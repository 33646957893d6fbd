/**
 * Steps that wait without working (F8). What a step waits for is a row, written in the commit that begins the wait and removed
 * in the one that ends it; in memory stands only how to find it. A decision is a task of the run like any other, so it
 * and the deadline cannot both win.
 *
 *   hold() ─► row, approval ─► …time, decision, end of a run… ─► release() ─► outputs
 */
import type { Hold, StepContext, Values } from '../../../shared/flows/step-type.ts';
import type { StepError } from '../../../shared/model/run.ts';
import { patch, put } from '../../store/store.ts';
import { approvals, type HoldRow, holds, type StepMarks, type StepRow } from '../../store/tables.ts';
import { type Batch, show, write } from '../batch.ts';
import type { CompiledStep } from '../compile.ts';
import { failStep } from '../failing.ts';
import { inWords, open, succeed } from '../finish.ts';
import { isFullDisk } from '../full-disk.ts';
import { gather } from '../inputs.ts';
import {
  type ActiveRun,
  type Held,
  isClosed,
  keyOf,
  type OpenStep,
  type ReleaseTask,
  type Scope,
} from '../run-memory.ts';
import { sourcesOf } from '../sources.ts';
import type { WorkDeps } from '../work-deps.ts';
import { approvalOf } from './ask.ts';
import type { Ending } from './hold-desk.ts';

/** A step instance that begins to wait. */
interface Place {
  readonly scope: Scope;
  readonly one: CompiledStep;
  readonly row: StepRow;
}

/** Begins to wait. */
export function openHold(deps: WorkDeps, run: ActiveRun, place: Place, hold: Hold, batch: Batch): void {
  const { scope, one, row } = place;
  const now = deps.clock.now();
  const held = heldFor(deps, hold, now);
  row.state = hold.kind === 'approval' ? 'awaiting_approval' : 'running';
  row.startedAt = now;
  row.marks = { ...row.marks, held: marksOf(held) };
  open(deps, run, scope, one, row, { held });
  write(batch, row);
  const { due, what } = held;
  batch.changes.push(put(holds, { ...keyOfRow(row), kind: what.kind, due, what }));
  if (hold.kind === 'approval' && what.kind === 'approval')
    batch.changes.push(put(approvals, approvalOf(run.row, one.step, row, hold, { id: what.approvalId, now })));
  const inputs = hold.kind === 'flow' ? hold.inputs : {};
  batch.after.push(() => {
    if (what.kind === 'approval') deps.holds.approvalsChanged([what.approvalId]);
    follow(deps, run, row, held, inputs);
  });
}

/** Goes on waiting after a restart, for what it waited for before: nobody is asked twice (F8). */
export async function reopenHold(
  deps: WorkDeps,
  run: ActiveRun,
  place: Place,
  { due, what }: HoldRow,
  batch: Batch,
): Promise<void> {
  const { scope, one, row } = place;
  const held: Held = { due, what, over: false };
  run.holds.delete(keyOf(row.stepId, row.path));
  open(deps, run, scope, one, row, { held });
  show(batch, row);
  const inputs = what.kind === 'flow' ? await childInputs(deps, run, scope, one) : {};
  batch.after.push(() => follow(deps, run, row, held, inputs));
}

/** Ends a wait, unless it has ended already: then `done` is told false. */
export async function releaseHold(deps: WorkDeps, run: ActiveRun, task: ReleaseTask, batch: Batch): Promise<void> {
  const step = run.open.get(task.key);
  if (step?.held === undefined || isClosed(step.scope) || !isMeant(task, step.held, deps.clock.now())) {
    if (run.holds.has(task.key) && task.patience > 0) {
      task.patience -= 1;
      run.tasks.push(task);
    } else batch.after.push(() => task.done?.(false));
    return;
  }
  step.held.over = true;
  batch.after.push(() => task.done?.(true));
  const ending = decided(deps, step.held, task, batch);
  try {
    await finishHold(deps, run, step, ending, batch);
  } catch (error) {
    if (isFullDisk(error)) throw error; // The decision is made again when there is room.
    await failStep(deps, run, step.scope, step.one, step.row, inWords(deps, error, step.one), batch);
  }
}

/** A timer may be late for a wait that has ended, and a decision for an approval that has been asked for anew since. */
function isMeant({ ending, approvalId }: ReleaseTask, { due, what }: Held, now: number): boolean {
  if (ending.by === 'time') return due !== null && due <= now;
  return approvalId === undefined || (what.kind === 'approval' && what.approvalId === approvalId);
}

/** Writes down what became of an approval; at the deadline its fallback decides. */
function decided(deps: WorkDeps, { what }: Held, { ending, deciderId }: ReleaseTask, batch: Batch): Ending {
  if (what.kind !== 'approval') return ending;
  const { approvalId: id, fallback } = what;
  const decidedAt = deps.clock.now();
  batch.after.push(() => deps.holds.approvalsChanged([id]));
  if (ending.by === 'decision') {
    const { approved, note, decidedBy } = ending;
    const state = approved ? 'approved' : 'rejected';
    const answer = { state, decidedBy, decidedById: deciderId ?? null, decidedAt, note: note || null } as const;
    batch.changes.push(patch(approvals, { id }, answer));
    return ending;
  }
  batch.changes.push(patch(approvals, { id }, { state: 'expired', decidedAt }));
  if (fallback === 'fail') return { by: 'failure', error: nobodyDecided };
  return { by: 'decision', approved: fallback === 'approve', note: '', decidedBy: null };
}

const nobodyDecided: StepError = {
  code: 'approval_expired',
  message: 'Nobody decided in time.',
  next: 'Run the flow again, or give people more time in the settings of the step.',
};

async function finishHold(
  deps: WorkDeps,
  run: ActiveRun,
  { scope, one, row }: OpenStep,
  ending: Ending,
  batch: Batch,
): Promise<void> {
  if (ending.by === 'failure') return failStep(deps, run, scope, one, row, ending.error, batch);
  if (one.type.executes !== 'hold') return;
  const { inputs, config } = gather(scope.level, one, await sourcesOf(deps, run, scope, one));
  const outputs = one.type.release(ending, inputs, config);
  succeed(deps, run, scope, one, row, outputs, await deps.values.keep(outputs), batch);
}

function heldFor(deps: WorkDeps, hold: Hold, now: number): Held {
  switch (hold.kind) {
    case 'wait':
      return { due: 'until' in hold ? hold.until : now + hold.forMs, what: { kind: 'wait' }, over: false };
    case 'approval': {
      const approvalId = deps.holds.newId('approval');
      const what = { kind: 'approval', approvalId, fallback: hold.fallback } as const;
      return { due: now + hold.forMs, what, over: false };
    }
    case 'flow': {
      const what = { kind: 'flow', runId: deps.holds.newId('run'), flowId: hold.flowId } as const;
      return { due: null, what, over: false };
    }
  }
}

function marksOf({ due, what }: Held): NonNullable<StepMarks['held']> {
  return {
    ...(due === null ? {} : { until: due }),
    ...(what.kind === 'approval' ? { approvalId: what.approvalId } : {}),
    ...(what.kind === 'flow' ? { childRunId: what.runId } : {}),
  };
}

/** Waits for what must come, once that is durable. */
function follow(deps: WorkDeps, run: ActiveRun, row: StepRow, held: Held, inputs: Values): void {
  const { due, what, over } = held;
  if (run.ended || over) return;
  const { runId, stepId, path } = row;
  if (due !== null) deps.holds.wakeAt(due, runId, keyOf(stepId, path));
  if (what.kind !== 'flow') return;
  deps.holds.startChild({ id: what.runId, flowId: what.flowId, inputs, parent: { runId, stepId, path } });
}

/** What the run below is given, should it not have been started yet; the flow that it is of stays the one written down. */
async function childInputs(deps: WorkDeps, run: ActiveRun, scope: Scope, one: CompiledStep): Promise<Values> {
  if (one.type.executes !== 'hold') return {};
  const { inputs, config } = gather(scope.level, one, await sourcesOf(deps, run, scope, one));
  const hold = one.type.hold(config, inputs, contextOf(run, one));
  return hold.kind === 'flow' ? hold.inputs : {};
}

function contextOf({ row }: ActiveRun, { step }: CompiledStep): StepContext & { readonly name: string } {
  return { stepId: step.id, name: step.name, runInputs: row.inputs as Values, startedAt: row.createdAt };
}

function keyOfRow({ runId, stepId, path }: StepRow): Pick<HoldRow, 'runId' | 'stepId' | 'path'> {
  return { runId, stepId, path };
}
