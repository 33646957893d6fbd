import { describe, expect, it } from 'vitest';
import { type FlowStep, flowSchemaId } from '../../../../shared/model/flow.ts';
import { emptyView, viewOf } from '../document/flow-view.ts';
import { graphOf } from '../model/ports.ts';
import { sceneOf } from '../model/scene.ts';
import { blocksOf, stepAt, stepsIn } from './blocks.ts';

const step = (id: string, type: string, x: number, y: number, more: Partial<FlowStep> = {}): FlowStep => ({
  id,
  type,
  name: id,
  position: { x, y },
  config: {},
  ...more,
});
const view = viewOf(
  {
    schema: flowSchemaId,
    name: 'Test',
    steps: [
      step('each', 'map', 0, 0),
      step('inner', 'wait', 60, 160, { parent: 'each' }),
      step('a', 'wait', 600, 0),
      step('b', 'wait', 600, 300),
    ],
    edges: [],
    notes: [],
    groups: [],
    settings: {},
  },
  emptyView,
);
const scene = sceneOf(view, graphOf(view), null);

describe('the steps as blocks', () => {
  it('are one path for each colour, Maps apart, and without those that have none', () => {
    const colours: Record<string, string | null> = { each: 'red', inner: null, a: 'red', b: 'blue' };
    const { maps, steps } = blocksOf(scene, (placed) => colours[placed.step.id] ?? null);
    expect(maps.map(({ colour }) => colour)).toEqual(['red']);
    expect(steps.map(({ colour, path }) => [colour, path.split('M').length - 1])).toEqual([
      ['red', 1],
      ['blue', 1],
    ]);
    expect(steps[1]?.path).toMatch(/^M600 300h142v\d+h-142z$/);
  });

  it('what stands in a Map is found before the Map', () => {
    const box = scene.boxes.get('inner') ?? { x: 0, y: 0 };
    expect(stepAt(scene, { x: box.x + 5, y: box.y + 5 })).toBe('inner');
    expect(stepAt(scene, { x: 5, y: 5 })).toBe('each');
    expect(stepAt(scene, { x: -50, y: 5 })).toBeNull();
  });

  it('a rectangle finds everything that it touches', () => {
    expect(stepsIn(scene, { x: 590, y: -10, width: 20, height: 20 })).toEqual(['a']);
    expect(stepsIn(scene, { x: 590, y: -10, width: 20, height: 800 })).toEqual(['a', 'b']);
  });
});
