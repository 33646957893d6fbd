import { describe, expect, test } from 'vitest';
import { edgeOf, fileOf, stepAt } from '../../../../../test/harness/flow-page.ts';
import type { FlowFile } from '../../../../shared/model/flow.ts';
import { emptyView, viewOf } from '../document/flow-view.ts';
import { foldGraph, foldScene } from './folding.ts';
import { graphOf } from './ports.ts';
import { sceneOf } from './scene.ts';

const letter = { config: { text: '{{ value }}', inputs: [{ name: 'value' }] } };
const chain: FlowFile = fileOf(
  'Chain',
  [
    stepAt('ask', 'input', 0, 0, { config: { name: 'topic', type: 'text', value: '' } }),
    stepAt('say', 'template', 360, 0, letter),
    stepAt('again', 'template', 720, 0, letter),
    stepAt('out', 'output', 1080, 0, { config: { name: 'result', view: 'text' } }),
  ],
  {
    edges: [edgeOf('ask.value', 'say.value'), edgeOf('say.text', 'again.value'), edgeOf('again.text', 'out.value')],
    groups: [{ id: 'post', name: 'Post', steps: ['say', 'again'] }],
  },
);
const folded = (file: FlowFile, ...groups: string[]) => {
  const view = viewOf(file, emptyView);
  const graph = graphOf(view);
  return { graph, scene: foldScene(sceneOf(view, graph, null), view, graph, new Set(groups)) };
};

describe('a folded group', () => {
  test('stands as one block where its first step stands, with a port for each edge that crosses it', () => {
    const { scene } = folded(chain, 'post');
    expect([...scene.placed.keys()]).toEqual(['ask', 'out']);
    const fold = scene.folds.get('post') ?? expect.fail();
    expect(fold.inputs.map(({ end, title }) => [end.step, end.port, title])).toEqual([['say', 'value', 'say']]);
    expect(fold.outputs.map(({ end }) => [end.step, end.port])).toEqual([['again', 'text']]);
    expect(scene.boxes.get('post')).toMatchObject({ x: 360, y: 0, width: 208 });
    expect(scene.boxes.has('say')).toBe(false);
    expect(scene.whole.placed.has('say')).toBe(true);
  });

  test('is one place for those who go from step to step', () => {
    const { scene, graph } = folded(chain, 'post');
    const { from } = foldGraph(graph, scene.standIn);
    expect(from.get('ask')?.map(({ to }) => to.step)).toEqual(['post']);
    expect(from.get('post')?.map(({ to }) => to.step)).toEqual(['out']);
  });

  test('hides what stands in its Maps, other folded groups among it', () => {
    const file = fileOf(
      'Maps',
      [stepAt('each', 'map', 0, 0), stepAt('inner', 'template', 60, 200, { ...letter, parent: 'each' })],
      {
        groups: [
          { id: 'in', name: 'In', steps: ['inner'] },
          { id: 'all', name: 'All', steps: ['each'] },
        ],
      },
    );
    const { scene } = folded(file, 'in', 'all');
    expect([...scene.folds.keys()]).toEqual(['all']);
    expect(scene.standIn.get('inner')).toBe('all');
    const inner = folded(file, 'in').scene.folds.get('in');
    expect(inner).toMatchObject({ parent: 'each', within: 'each' });
  });

  test('without one the scene is as it is', () => {
    const { scene } = folded(chain, 'gone');
    expect(scene.placed).toBe(scene.whole.placed);
    expect(scene.folds.size).toBe(0);
  });
});
