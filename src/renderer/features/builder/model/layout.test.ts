import ELK from 'elkjs/lib/elk.bundled.js';
import { describe, expect, it } from 'vitest';
import { readGraph } from '../../../../shared/flows/graph.ts';
import { normalFile } from '../../../../shared/flows/normal-form.ts';
import { type FlowFile, type FlowStep, flowSchemaId } from '../../../../shared/model/flow.ts';
import { emptyView, viewOf } from '../document/flow-view.ts';
import { around, type Box } from './geometry.ts';
import { placesOf } from './layout.ts';
import { sceneOf } from './scene.ts';

const elk = new ELK();
const engine = (graph: Parameters<typeof elk.layout>[0]) => elk.layout(graph);

const step = (id: string, type: string, parent?: string): FlowStep => ({
  id,
  type,
  name: id,
  position: { x: 0, y: 0 },
  config: {},
  ...(parent === undefined ? {} : { parent }),
});
const edge = (from: string, to: string) => {
  const [a = '', b = ''] = from.split('.');
  const [c = '', d = ''] = to.split('.');
  return { id: `${from}>${to}`, from: { step: a, port: b }, to: { step: c, port: d } };
};

const file: FlowFile = normalFile({
  schema: flowSchemaId,
  name: 'Test',
  steps: [
    step('in', 'input'),
    step('each', 'map'),
    step('first', 'template', 'each'),
    step('second', 'template', 'each'),
    step('aside', 'template'),
    step('out', 'output'),
  ],
  edges: [
    edge('in.value', 'each.items'),
    edge('in.value', 'aside.value'),
    edge('each.item', 'first.value'),
    edge('first.text', 'second.value'),
    edge('second.text', 'each.result'),
    edge('each.results', 'out.value'),
  ],
  notes: [],
  groups: [],
  settings: {},
});

const overlap = (one: Box, other: Box) =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

async function laidOut(only: ReadonlySet<string> | null = null, groups: FlowFile['groups'] = []) {
  const view = viewOf(file, emptyView);
  const graph = readGraph(view.file);
  const moves = await placesOf(graph, sceneOf(view, graph, null), only, engine, groups);
  const next = viewOf(
    { ...file, steps: file.steps.map((one) => ({ ...one, position: moves.get(one.id) ?? one.position })) },
    emptyView,
  );
  return { moves, boxes: sceneOf(next, readGraph(next.file), null).boxes };
}

describe('the layout', () => {
  it('puts every step after what it waits for, and nothing over another, in Maps too', async () => {
    const { boxes } = await laidOut();
    const at = (id: string) => boxes.get(id) ?? { x: 0, y: 0, width: 0, height: 0 };
    expect(at('in').x + at('in').width).toBeLessThan(at('each').x);
    expect(at('each').x + at('each').width).toBeLessThan(at('out').x);
    expect(at('first').x + at('first').width).toBeLessThan(at('second').x);
    for (const [one, other] of [
      ['in', 'each'],
      ['each', 'aside'],
      ['each', 'out'],
      ['aside', 'out'],
      ['first', 'second'],
    ] as const)
      expect(overlap(at(one), at(other)), `${one} and ${other}`).toBe(false);
    expect(at('second').x + at('second').width).toBeLessThan(at('each').x + at('each').width);
  });

  it('keeps the steps of a group together: no other stands in its frame', async () => {
    const group = { id: 'g', name: 'G', steps: ['in', 'aside'] };
    const { boxes } = await laidOut(null, [group, { id: 'h', name: 'H', steps: ['first'] }]);
    const { x, y, width, height } = around(group.steps.flatMap((id) => boxes.get(id) ?? [])) ?? expect.fail();
    const frame = { x: x - 24, y: y - 48, width: width + 48, height: height + 72 };
    for (const id of ['each', 'out']) expect(overlap(frame, boxes.get(id) ?? expect.fail()), id).toBe(false);
  });

  it('arranges only what is chosen', async () => {
    const { moves } = await laidOut(new Set(['in', 'aside']));
    expect([...moves.keys()].sort()).toEqual(['aside', 'in']);
  });
});
