import { describe, expect, it } from 'vitest';
import type { StepInstance } from '../../../../shared/model/run.ts';
import { blockColour, edgeState, itemsLeft, itemsWords, type LookInput, stepLook } from './step-look.ts';

const input = (instance: Partial<StepInstance> | undefined, rest: Partial<LookInput> = {}): LookInput => ({
  instance: instance === undefined ? undefined : { runId: 'r', stepId: 's', path: '', state: 'waiting', ...instance },
  map: undefined,
  waitsFor: 0,
  findings: [],
  placement: 'On any node',
  now: 10_000,
  ...rest,
});

describe('how a step looks', () => {
  it('says where it may run while there is no run, and what is wrong before that', () => {
    expect(stepLook(input(undefined))).toMatchObject({ words: 'On any node', glyph: null, frame: 'rest' });
    expect(stepLook(input(undefined, { findings: ['Needs an image'] }))).toMatchObject({
      words: 'Needs an image',
      glyph: 'look',
      tone: 'look',
    });
  });

  it('F8: a step that waits for a time says until when', () => {
    const at = Date.parse('2026-11-28T15:30:00');
    const waiting = { state: 'running', startedAt: at, waitsUntil: at + 3_600_000 } as const;
    expect(stepLook(input(waiting)).words).toBe('Until today at 16:30');
  });

  it('F1: every state has a frame, a glyph and words', () => {
    const states = [
      'waiting',
      'ready',
      'running',
      'succeeded',
      'failed',
      'skipped',
      'cancelled',
      'awaiting_approval',
    ] as const;
    for (const state of states) {
      const look = stepLook(input({ state, summary: '3 rows' }));
      expect(look.glyph).not.toBeNull();
      expect(look.words).not.toBe('');
    }
  });

  it('takes the colour of the one machine that runs it, and no colour while several or none do', () => {
    expect(stepLook(input({ state: 'running', nodeId: 'n1' })).frame).toBe('running');
    expect(stepLook(input({ state: 'running' })).frame).toBe('many');
    expect(stepLook(input({ state: 'running', items: { total: 3, done: 1, failed: 0, running: 2 } })).frame).toBe(
      'many',
    );
  });

  it('counts what a waiting step waits for', () => {
    expect(stepLook(input({ state: 'waiting' }, { waitsFor: 2 })).words).toBe('Waits for 2 steps');
  });

  it('F4: a Map says how far it is and on how many nodes', () => {
    const map = {
      cells: [],
      items: [],
      lanes: new Map(),
      doneBy: new Map([
        ['n1', 20],
        ['n2', 10],
        ['', 1],
      ]),
    };
    expect(itemsWords({ total: 48, done: 30, failed: 1, running: 3 }, map)).toBe('31 of 48 on 2 nodes');
    expect(itemsWords({ total: 48, done: 48, failed: 0, running: 0 }, undefined)).toBe('48 items');
  });

  it('estimates only once the speed is known', () => {
    expect(itemsLeft({ total: 100, done: 5, failed: 0 }, 9000)).toBe('');
    expect(itemsLeft({ total: 100, done: 50, failed: 0 }, 40_000)).toBe('about 40 s left');
    expect(itemsLeft({ total: 100, done: 100, failed: 0 }, 40_000)).toBe('');
  });

  it('colours a far block by its failure first, then by its machine', () => {
    expect(blockColour(stepLook(input({ state: 'failed' })), 'red')).toBe('var(--fail-line)');
    expect(blockColour(stepLook(input({ state: 'succeeded' })), 'teal')).toBe('teal');
    expect(blockColour(stepLook(input(undefined)), null)).toBe('var(--line-2)');
  });

  it('an edge carries, waits or flows as its ends stand', () => {
    const at = (state: StepInstance['state']): StepInstance => ({ runId: 'r', stepId: 's', path: '', state });
    expect(edgeState(undefined, undefined)).toBe('still');
    expect(edgeState(at('succeeded'), at('running'))).toBe('flowing');
    expect(edgeState(at('succeeded'), at('waiting'))).toBe('carried');
    expect(edgeState(at('running'), at('waiting'))).toBe('flowing');
    expect(edgeState(at('waiting'), at('waiting'))).toBe('waiting');
  });
});
