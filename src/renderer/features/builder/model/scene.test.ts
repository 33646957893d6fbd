import { expect, it } from 'vitest';
import { type FlowStep, flowSchemaId } from '../../../../shared/model/flow.ts';
import { emptyView, viewOf } from '../document/flow-view.ts';
import { graphOf } from './ports.ts';
import { type RunDrawing, sceneOf } from './scene.ts';

const step = (id: string, type: string, x: number, y: number): FlowStep => ({
  id,
  type,
  name: id,
  position: { x, y },
  config: {},
});
const view = viewOf(
  {
    schema: flowSchemaId,
    name: 'Test',
    steps: [
      step('each', 'map', 0, 0),
      step('below', 'template', 0, 312),
      step('lower', 'template', 0, 456),
      step('aside', 'template', 600, 312),
    ],
    edges: [],
    notes: [],
    groups: [],
    settings: {},
  },
  emptyView,
);
const quiet: RunDrawing = {
  items: () => 0,
  lanes: () => 0,
  failure: () => null,
  table: () => null,
  text: () => null,
  streams: () => false,
  asks: () => false,
};
const boxes = (run: RunDrawing | null) => sceneOf(view, graphOf(view), run).boxes;

it('what stands below a Map gives way while its items make it grow, and comes back after', () => {
  const rest = boxes(null);
  const grown = boxes({ ...quiet, items: () => 96 });
  const bottom = (id: string) => (grown.get(id)?.y ?? 0) + (grown.get(id)?.height ?? 0);
  expect(bottom('each')).toBeGreaterThan(rest.get('below')?.y ?? 0);
  expect(grown.get('below')?.y).toBeGreaterThanOrEqual(bottom('each'));
  expect(grown.get('lower')?.y).toBeGreaterThanOrEqual(bottom('below'));
  expect(grown.get('aside')).toEqual(rest.get('aside'));
  expect(boxes(quiet)).toEqual(rest);
});

it('an Output shows the beginning of its text, a step that asks has room for its question', () => {
  const { placed } = sceneOf(view, graphOf(view), { ...quiet, asks: (id) => id === 'below' });
  expect(placed.get('below')?.body).toEqual({ kind: 'ask' });
});
