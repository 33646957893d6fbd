import type { Values } from '../../shared/flows/step-type.ts';
import type { RunTrigger } from '../../shared/model/trigger.ts';
import type { RunService } from '../services.ts';
import type { Change } from '../store/store.ts';
import type { RunRow, StepRow } from '../store/tables.ts';
import type { CompiledFlow } from './compile.ts';
import { levelOf } from './compile.ts';
import type { RunValues } from './values.ts';

/** What a run is started with; by a person, or by a trigger. */
export interface StartRun extends Omit<Parameters<RunService['start']>[0], 'trigger' | 'given' | 'alongside'> {
  /** Its id, where that has been given away already. */
  readonly id?: string;
  readonly trigger?: RunTrigger;
  readonly given?: Readonly<Record<string, Values>>;
  readonly parent?: NonNullable<RunRow['parent']>;
  /** Durable in the same commit as the run. */
  readonly alongside?: readonly Change[];
}

/**
 * Rows of the steps that start runs: the one that did stands as finished with what it was given, the others are skipped. None where
 * a person started the run.
 */
export async function triggerRows(
  flow: CompiledFlow,
  values: RunValues,
  { id, at, given }: { id: string; at: number; given: StartRun['given'] },
): Promise<StepRow[]> {
  if (given === undefined) return [];
  const triggers = levelOf(flow, '').steps.filter(({ type }) => type.trigger !== undefined);
  return Promise.all(
    triggers.map(async ({ step }, index): Promise<StepRow> => {
      const outputs = given[step.id];
      return {
        runId: id,
        stepId: step.id,
        path: '',
        under: '',
        state: outputs === undefined ? 'skipped' : 'succeeded',
        outputs: outputs === undefined ? null : await values.keep(outputs),
        error: null,
        jobId: null,
        nodeId: null,
        items: null,
        summary: null,
        attempts: 0,
        readyAt: at,
        startedAt: at,
        finishedAt: at,
        seq: index + 1,
      };
    }),
  );
}
