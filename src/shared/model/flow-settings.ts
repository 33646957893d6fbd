/** What the settings of a flow say beside its steps (FlowFile.settings, where keys are free so that old files stay readable). */
import type { FlowFile } from './flow.ts';

export const whenBusyChoices = ['wait', 'refuse', 'cancel_oldest'] as const;
export type WhenBusy = (typeof whenBusyChoices)[number];

export interface RunLimit {
  /** So many runs of the flow go on at once, 1 to 100; null for any number. */
  readonly maxRuns: number | null;
  readonly whenBusy: WhenBusy;
}

export const mostRunsAtOnce = 100;

/** Reads `maxRuns` and `whenBusy`; what is not usable counts as not set. */
export function runLimitOf({ settings }: Pick<FlowFile, 'settings'>): RunLimit {
  const { maxRuns, whenBusy } = settings as { maxRuns?: unknown; whenBusy?: unknown };
  const usable = typeof maxRuns === 'number' && Number.isInteger(maxRuns) && maxRuns >= 1 && maxRuns <= mostRunsAtOnce;
  const chosen = whenBusyChoices.find((choice) => choice === whenBusy);
  return { maxRuns: usable ? maxRuns : null, whenBusy: chosen ?? 'wait' };
}
