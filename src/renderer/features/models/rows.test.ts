import { expect, test } from 'vitest';
import type { Node, NodeModel } from '../../../shared/model/node.ts';
import { changeable, contextWords, kindWords, modelRows } from './rows.ts';

const node = (name: string, models: NodeModel[], more: object = {}): Node =>
  ({ id: name, name, status: 'online', capabilities: { node_id: name, models, ...more } }) as unknown as Node;

test('a model on several nodes is one row; where it is loaded comes first, and the least context counts', () => {
  const rows = modelRows([
    node('a', [{ name: 'qwen3:8b', loaded: false, size_mb: 5000, context: 40_960, kind: 'chat' }]),
    node('b', [
      { name: 'qwen3:8b', loaded: true, context: 8_192, images: true },
      { name: 'embed', kind: 'embeddings' },
    ]),
  ]);
  expect(rows.map(({ name }) => name)).toEqual(['embed', 'qwen3:8b']);
  expect(rows[1]).toMatchObject({ sizeMb: 5000, context: 8_192, kind: 'chat', images: true });
  expect(rows[1]?.places.map(({ node: { name }, loaded }) => [name, loaded])).toEqual([
    ['b', true],
    ['a', false],
  ]);
});

test('words for what a model is and how much it takes', () => {
  expect(kindWords({ kind: 'chat', images: true })).toBe('chat, reads images');
  expect(kindWords({ kind: undefined, images: false })).toBe('');
  expect([contextWords(null), contextWords(512), contextWords(32_768)]).toEqual(['', '512 tokens', '32k tokens']);
});

test('only nodes whose owner allows it, and which are here, take changes', () => {
  const allowed = node('a', [], { model_changes: true });
  const lost = { ...allowed, status: 'lost' } as Node;
  expect(changeable([allowed, lost, node('b', [])])).toEqual([allowed]);
});
