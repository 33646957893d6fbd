import { expect, it } from 'vitest';
import { flow, step } from '../../../../shared/flows/flow-file.fixture.ts';
import { readGraph } from '../../../../shared/flows/graph.ts';
import { normalFile } from '../../../../shared/flows/normal-form.ts';
import { sourceOf } from './last-values.ts';
import { piecesOf } from './unknown-names.ts';

const graph = readGraph(
  normalFile(
    flow(
      [
        step('ask', 'input', { name: 'topic', type: 'text' }),
        step('say', 'template', { inputs: [{ name: 'value' }] }),
        step('each', 'map'),
        step('in', 'template', {}, 'each'),
      ],
      ['ask.value > say.value'],
    ),
  ),
);
const unknown = (text: string) =>
  piecesOf(graph, 'say', 'text', text)
    .filter((piece) => piece.unknown)
    .map((piece) => piece.text);

it('marks names that mean nothing, and nothing that is still being typed', () => {
  expect(unknown('a {{ value }} b {{ nowhere }} c {{ inputs.topic | upper }}')).toEqual(['{{ nowhere }}']);
  expect(unknown('{{ inputs.other }} {{ steps.ask.value }} {{ item }}')).toEqual(['{{ inputs.other }}', '{{ item }}']);
  expect(unknown('{{ nowher')).toEqual([]);
  expect(unknown('{{ value | }}')).toEqual([]);
});

it('knows where in a run the value of a name lies', () => {
  expect(sourceOf(graph, 'say', 'steps.ask.value')).toEqual({ step: 'ask', port: 'value', side: 'outputs' });
  expect(sourceOf(graph, 'say', 'inputs.topic')).toEqual({ step: 'ask', port: 'value', side: 'outputs' });
  expect(sourceOf(graph, 'say', 'value')).toEqual({ step: 'say', port: 'value', side: 'inputs' });
  expect(sourceOf(graph, 'in', 'item')).toBeNull();
});
