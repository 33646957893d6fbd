/** How the block of a folded group looks: as its steps stand together. Pure. */
import type { StepInstance, StepState } from '../../../../shared/model/run.ts';
import { formatPlural } from '../../../ui/numbers.ts';
import { glyphOfStep } from '../../../ui/states.ts';
import type { StepLook } from './step-look.ts';

export interface FoldedStep {
  name: string;
  instance: StepInstance | undefined;
  findings: readonly string[];
}

export interface FoldLook extends Omit<StepLook, 'end' | 'thread'> {
  /** How many of its steps each node has done. */
  doneBy: ReadonlyMap<string, number>;
  count: { total: number; done: number; failed: number };
}

export function foldLook(steps: readonly FoldedStep[]): FoldLook {
  const states = steps.flatMap(({ instance }) => instance?.state ?? []);
  const count = {
    total: steps.length,
    done: states.filter((state) => state === 'succeeded').length,
    failed: states.filter((state) => state === 'failed').length,
  };
  const doneBy = nodesOf(steps);
  const [only, ...more] = doneBy.keys();
  const common = { doneBy, count, nodeId: more.length === 0 ? (only ?? null) : null };
  if (states.length === 0) return { ...common, ...atRest(steps) };
  const state = stateOf(states);
  return {
    ...common,
    frame: frameOf(state, common.nodeId),
    glyph: glyphOfStep[state],
    words: wordsOf(state, steps, count),
    tone: 'plain',
  };
}

function nodesOf(steps: readonly FoldedStep[]): Map<string, number> {
  const nodes = new Map<string, number>();
  for (const { instance } of steps) {
    const nodeId = instance?.nodeId;
    if (nodeId !== undefined) nodes.set(nodeId, (nodes.get(nodeId) ?? 0) + 1);
  }
  return nodes;
}

function atRest(steps: readonly FoldedStep[]) {
  const look = steps.filter(({ findings }) => findings.length > 0).length;
  const words = formatPlural(steps.length, 'step');
  return look === 0
    ? ({ frame: 'rest', glyph: null, words, tone: 'plain' } as const)
    : ({ frame: 'rest', glyph: 'look', words: `${words}, ${look} to look at`, tone: 'look' } as const);
}

/** What matters most of its steps, the first first; all of them done, skipped or stopped says so. */
const order: readonly StepState[] = ['failed', 'awaiting_approval', 'running', 'ready', 'waiting', 'cancelled'];

const stateOf = (states: readonly StepState[]): StepState =>
  order.find((state) => states.includes(state)) ?? (states.includes('succeeded') ? 'succeeded' : 'skipped');

function frameOf(state: StepState, nodeId: string | null): StepLook['frame'] {
  if (state === 'running') return nodeId === null ? 'many' : 'running';
  if (state === 'failed') return 'failed';
  return state === 'succeeded' || state === 'awaiting_approval' || state === 'ready' ? 'rest' : 'idle';
}

function wordsOf(state: StepState, steps: readonly FoldedStep[], { total, done }: FoldLook['count']): string {
  const those = steps.filter(({ instance }) => instance?.state === state);
  switch (state) {
    case 'failed':
      return those.length === 1 ? `${those[0]?.name} failed` : `${those.length} steps failed`;
    case 'awaiting_approval':
      return 'Waits for you';
    case 'running':
    case 'ready':
    case 'waiting':
      return `${done} of ${formatPlural(total, 'step')} done`;
    case 'cancelled':
      return `Stopped, ${done} of ${formatPlural(total, 'step')} done`;
    case 'succeeded':
      return `${formatPlural(done, 'step')} done`;
    case 'skipped':
      return 'Skipped';
  }
}
