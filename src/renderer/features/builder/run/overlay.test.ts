import { describe, expect, it } from 'vitest';
import type { FlowFile } from '../../../../shared/model/flow.ts';
import type { RunSummary, StepInstance } from '../../../../shared/model/run.ts';
import { applySteps, cellOf, mostKept, outerItem, startOverlay } from './overlay.ts';

const file = { steps: [{ id: 'ocr', parent: 'pages' }] } as FlowFile;
const run = { id: 'run-1' } as RunSummary;
const at = (stepId: string, path: string, rest: Partial<StepInstance>): StepInstance => ({
  runId: 'run-1',
  stepId,
  path,
  state: 'running',
  ...rest,
});

describe('what a run shows on the canvas', () => {
  it('F1: reads the outermost Map and item of a path', () => {
    expect(outerItem('')).toBeNull();
    expect(outerItem('pages[3]')).toEqual({ mapId: 'pages', index: 3 });
    expect(outerItem('pages[12]/lines[0]')).toEqual({ mapId: 'pages', index: 12 });
  });

  it('F1: keeps the steps that did not change, so that only changed ones are drawn again', () => {
    const first = startOverlay(run, file, [at('a', '', {}), at('b', '', { state: 'waiting' })]);
    const next = applySteps(first, [at('b', '', { state: 'running' })]);
    expect(next.steps.get('a')).toBe(first.steps.get('a'));
    expect(next.steps.get('b')?.state).toBe('running');
    expect(next.maps).toBe(first.maps);
  });

  it('F1: a page that arrives late never takes a finished step back', () => {
    const done = startOverlay(run, file, [at('a', '', { state: 'succeeded' })]);
    expect(applySteps(done, [at('a', '', { state: 'running' })]).steps.get('a')?.state).toBe('succeeded');
  });

  it('takes nothing from another run', () => {
    const first = startOverlay(run, file, []);
    expect(applySteps(first, [at('a', '', { runId: 'run-2' })])).toBe(first);
  });

  it('F4: counts the items of a Map by the machine that did them, and lists what runs', () => {
    const first = startOverlay(run, file, [
      at('ocr', 'pages[0]', { state: 'succeeded', nodeId: 'n1' }),
      at('ocr', 'pages[1]', { state: 'running', nodeId: 'n2', startedAt: 5 }),
      at('ocr', 'pages[2]', { state: 'running', nodeId: 'n1', startedAt: 3 }),
    ]);
    const pages = first.maps.get('pages');
    expect(pages?.cells.map((cell) => cell?.state)).toEqual(['done', 'running', 'running']);
    expect([...(pages?.doneBy ?? [])]).toEqual([['n1', 1]]);
    expect(pages?.lanes.get('ocr')?.map((lane) => lane.path)).toEqual(['pages[2]', 'pages[1]']);
    const next = applySteps(first, [at('ocr', 'pages[1]', { state: 'succeeded', nodeId: 'n2' })]);
    expect([...(next.maps.get('pages')?.doneBy ?? [])]).toEqual([
      ['n1', 1],
      ['n2', 1],
    ]);
    expect(next.maps.get('pages')?.lanes.get('ocr')?.length).toBe(1);
    expect(next.maps.get('pages')).not.toBe(pages);
  });

  it('F4: of a long Map the items that changed last are kept, and who did the others is still known', () => {
    let overlay = startOverlay(run, file, [at('ocr', 'pages[0]', { state: 'running', nodeId: 'n1' })]);
    for (let index = 1; index <= 10_000; index += 1)
      overlay = applySteps(overlay, [at('ocr', `pages[${index}]`, { state: 'succeeded', nodeId: 'n2' })]);
    const pages = overlay.maps.get('pages');
    expect(Object.keys(pages?.items ?? []).length).toBeLessThanOrEqual(mostKept);
    expect(Object.keys(pages?.cells ?? []).length).toBeLessThanOrEqual(mostKept);
    expect(pages?.doneBy.get('n2')).toBe(10_000);
    expect(pages?.lanes.get('ocr')?.map((lane) => lane.path)).toEqual(['pages[0]']);
  });

  it('F4: an item that was stopped is not counted as done', () => {
    expect(cellOf([at('a', 'm[0]', { state: 'cancelled', nodeId: 'n1' })], 1)).toEqual({
      state: 'waiting',
      nodeId: null,
    });
  });

  it('F4: an item has failed when one of its steps has, and is done when all are finished', () => {
    expect(cellOf([at('a', 'm[0]', { state: 'succeeded' }), at('b', 'm[0]', { state: 'failed' })], 2).state).toBe(
      'failed',
    );
    expect(cellOf([at('a', 'm[0]', { state: 'succeeded' }), at('b', 'm[0]', { state: 'skipped' })], 2).state).toBe(
      'done',
    );
    expect(cellOf([at('a', 'm[0]', { state: 'succeeded' }), at('b', 'm[0]', { state: 'waiting' })], 2).state).toBe(
      'running',
    );
    expect(cellOf([at('a', 'm[0]', { state: 'succeeded' })], 2).state).toBe('running');
    expect(cellOf([at('a', 'm[0]', { state: 'ready' })], 2).state).toBe('waiting');
  });
});
