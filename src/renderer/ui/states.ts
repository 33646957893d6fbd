import type { JobState } from '../../shared/model/job.ts';
import type { RunState, StepState } from '../../shared/model/run.ts';
import type { GlyphState } from './state-glyph.tsx';

/** What the states of the model look like. */
export const glyphOfRun: Record<RunState, GlyphState> = {
  waiting: 'line',
  running: 'running',
  succeeded: 'done',
  failed: 'failed',
  cancelled: 'stopped',
};

export const glyphOfStep: Record<StepState, GlyphState> = {
  waiting: 'waiting',
  ready: 'line',
  running: 'running',
  succeeded: 'done',
  failed: 'failed',
  skipped: 'skipped',
  cancelled: 'stopped',
  awaiting_approval: 'asks',
};

export const glyphOfJob: Record<JobState, GlyphState> = {
  queued: 'line',
  assigned: 'line',
  running: 'running',
  succeeded: 'done',
  failed: 'failed',
  cancelled: 'stopped',
  dead: 'failed',
};
