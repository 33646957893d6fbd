import { expect, it } from 'vitest';
import { type FlowFile, flowSchemaId } from '../../../../shared/model/flow.ts';
import { emptyView, viewOf } from '../document/flow-view.ts';
import { findIn } from './find.ts';
import { firstOf, neighbour } from './neighbours.ts';
import { graphOf } from './ports.ts';
import { sceneOf } from './scene.ts';

const file: FlowFile = {
  schema: flowSchemaId,
  name: 'Test',
  steps: [
    {
      id: 'in_1',
      type: 'input',
      name: 'Receipts',
      position: { x: 0, y: 0 },
      config: { name: 'receipts', type: 'text' },
    },
    {
      id: 'say',
      type: 'template',
      name: 'Letter',
      position: { x: 400, y: 240 },
      config: { text: 'Dear {{ inputs.receipts }},\nwe owe you money.', inputs: [] },
    },
    {
      id: 'near',
      type: 'template',
      name: 'Total receipts',
      position: { x: 320, y: 0 },
      config: { text: '', inputs: [] },
    },
  ],
  edges: [{ id: 'e', from: { step: 'in_1', port: 'value' }, to: { step: 'say', port: 'value' } }],
  notes: [{ id: 'n', text: 'Mind the **money**', position: { x: 0, y: 600 }, size: { width: 96, height: 48 } }],
  groups: [],
  settings: {},
};
const view = viewOf(file, emptyView);
const names = (asked: string) => findIn(view, asked).map(({ name }) => name);

it('finds steps and notes by name, then by type, then by what the settings say', () => {
  expect(names('receipts')).toEqual(['Receipts', 'Total receipts', 'Letter']);
  expect(names('template')).toEqual(['Letter', 'Total receipts']);
  expect(names('owe money')).toEqual(['Letter']);
  expect(findIn(view, 'owe')[0]?.around).toContain('we owe you money');
  expect(names('mind')).toEqual(['Mind the **money**']);
  expect(names('say')).toEqual(['Letter']);
  expect(names('nowhere')).toEqual([]);
  expect(names('').length).toBe(4);
});

it('goes along an edge first, else to the nearest on that side', () => {
  const graph = graphOf(view);
  const { boxes } = sceneOf(view, graph, null);
  expect(neighbour(boxes, graph, 'in_1', 'right')).toBe('say');
  expect(neighbour(boxes, graph, 'say', 'left')).toBe('in_1');
  expect(neighbour(boxes, graph, 'say', 'up')).toBe('near');
  expect(neighbour(boxes, graph, 'in_1', 'down')).toBe('n');
  expect(neighbour(boxes, graph, 'in_1', 'up')).toBeNull();
  expect(firstOf(boxes)).toBe('in_1');
});
