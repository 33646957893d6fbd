/** How a step looks and what it says in its foot: one function of the run, the findings and the placement. Pure. */
import type { StepInstance, StepState } from '../../../../shared/model/run.ts';
import { formatAbout, formatCount, formatDuration, formatPlural, formatWhen } from '../../../ui/numbers.ts';
import type { GlyphState } from '../../../ui/state-glyph.tsx';
import { glyphOfStep } from '../../../ui/states.ts';
import type { MapProgress } from './overlay.ts';

/** The frame of a step: at rest, waiting, worked on by one machine or by several, failed. */
export type Frame = 'rest' | 'idle' | 'running' | 'many' | 'failed';

export interface StepLook {
  frame: Frame;
  /** Null before the first run, when there is nothing to say. */
  glyph: GlyphState | null;
  /** The machine whose colour the step takes. */
  nodeId: string | null;
  words: string;
  /** Figures at the right of the foot. */
  end: string;
  tone: 'plain' | 'look';
  thread: 'none' | 'unknown' | 'items';
}

export interface LookInput {
  instance: StepInstance | undefined;
  map: MapProgress | undefined;
  /** Steps that it still waits for. */
  waitsFor: number;
  findings: readonly string[];
  /** What the foot says while there is no run: "On any node". */
  placement: string;
  now: number;
}

const frames: Record<StepState, Frame> = {
  waiting: 'idle',
  ready: 'rest',
  running: 'running',
  succeeded: 'rest',
  failed: 'failed',
  skipped: 'idle',
  cancelled: 'idle',
  awaiting_approval: 'rest',
};

export function stepLook(input: LookInput): StepLook {
  const { instance } = input;
  if (instance === undefined) return atRest(input);
  const many = instance.items !== undefined && instance.state === 'running';
  return {
    frame: instance.state === 'running' && instance.nodeId === undefined ? 'many' : frames[instance.state],
    glyph: glyphOfStep[instance.state],
    nodeId: instance.nodeId ?? null,
    words: wordsOf(instance, input),
    end: endOf(instance, input.now),
    tone: 'plain',
    thread: instance.state === 'running' ? (many ? 'items' : 'unknown') : 'none',
  };
}

function atRest({ findings, placement }: LookInput): StepLook {
  const [first] = findings;
  const words = first ?? placement;
  const look = { frame: 'rest', nodeId: null, words, end: '', thread: 'none' } as const;
  return first === undefined ? { ...look, glyph: null, tone: 'plain' } : { ...look, glyph: 'look', tone: 'look' };
}

function wordsOf(instance: StepInstance, { map, waitsFor, placement }: LookInput): string {
  switch (instance.state) {
    case 'waiting':
      return waitsFor > 0 ? `Waits for ${formatPlural(waitsFor, 'step')}` : 'Waits for its inputs';
    case 'ready':
      return 'In line';
    case 'running':
      if (instance.waitsUntil !== undefined)
        return `Until ${formatWhen(instance.waitsUntil, instance.startedAt ?? instance.waitsUntil)}`;
      return instance.items === undefined ? (instance.summary ?? 'On the host') : itemsWords(instance.items, map);
    case 'succeeded':
      if (instance.pinned === true) return 'Pinned, not executed';
      if (instance.usedDefault === true) return 'It failed; its default goes on';
      if (instance.takenFrom !== undefined) return 'From the run before';
      if (instance.cachedFrom !== undefined) return 'Same as in an earlier run';
      return instance.items === undefined ? instance.summary || placement : itemsWords(instance.items, map);
    case 'failed':
      return instance.items === undefined ? 'Failed' : itemsWords(instance.items, map);
    case 'skipped':
      return instance.summary ?? 'Skipped';
    case 'cancelled':
      return 'Stopped';
    case 'awaiting_approval':
      return 'Waits for you';
  }
}

/** "31 of 48 on 3 nodes", and once all are done "48 on 3 nodes". */
export function itemsWords(items: NonNullable<StepInstance['items']>, map: MapProgress | undefined): string {
  const nodes = [...(map?.doneBy.keys() ?? [])].filter((id) => id !== '').length;
  const on = nodes === 0 ? '' : ` on ${formatPlural(nodes, 'node')}`;
  const come = items.done + items.failed;
  const count =
    come < items.total ? `${formatCount(come)} of ${formatCount(items.total)}` : formatPlural(items.total, 'item');
  return `${count}${on}`;
}

/** Figures at the right of the foot: how long it takes, or took. */
export function endOf(instance: StepInstance, now: number): string {
  const { state, startedAt, finishedAt, readyAt, items } = instance;
  if (state === 'ready' && readyAt !== undefined) return now - readyAt > 2000 ? formatDuration(now - readyAt) : '';
  if (startedAt === undefined) return '';
  if (state === 'running')
    return items === undefined ? formatDuration(now - startedAt) : itemsLeft(items, now - startedAt);
  return finishedAt === undefined ? '' : formatDuration(finishedAt - startedAt);
}

/** The time that the items left will take at the speed so far; said only once a tenth of them tells the speed. */
export function itemsLeft(
  { total, done, failed }: { total: number; done: number; failed: number },
  passed: number,
): string {
  const come = done + failed;
  if (come === 0 || come < total / 10 || come >= total || passed < 1000) return '';
  return `${formatAbout((passed / come) * (total - come))} left`;
}

/** The colour of a plain block far out: the machine's, else the state's. */
export function blockColour(look: StepLook, machine: string | null): string {
  if (look.frame === 'failed') return 'var(--fail-line)';
  if (machine !== null && look.glyph !== null) return machine;
  if (look.glyph === 'done') return 'var(--done)';
  if (look.frame === 'many' || look.frame === 'running') return 'var(--run-line)';
  if (look.tone === 'look') return 'var(--warn-line)';
  return 'var(--line-2)';
}

export type EdgeState = 'still' | 'carried' | 'waiting' | 'flowing';

/** How an edge is drawn: what its source has done and its target does. */
export function edgeState(source: StepInstance | undefined, target: StepInstance | undefined): EdgeState {
  if (source === undefined && target === undefined) return 'still';
  switch (source?.state) {
    case 'succeeded':
      return target?.state === 'running' ? 'flowing' : 'carried';
    case 'running':
      return 'flowing';
    case undefined:
    case 'waiting':
    case 'ready':
    case 'failed':
    case 'skipped':
    case 'cancelled':
    case 'awaiting_approval':
      return 'waiting';
  }
}
