import { expect, test } from 'vitest';
import type { Requirements } from '../../shared/model/job.ts';
import { explain } from './explain.ts';
import { type NodeView, newcomer } from './snapshot.ts';

const node = (name: string, fields: Partial<NodeView> = {}): NodeView => ({
  id: `node-${name}`,
  name,
  presence: 'here',
  workspaces: new Map([['ws-1', 'serves']]),
  executors: ['script'],
  tags: [],
  shared: { cores: 4, ramMb: 4096, storageMb: 0, gpus: [] },
  taken: { cores: 0, ramMb: 0, storageMb: 0, gpus: [] },
  models: [],
  standing: newcomer,
  pause: null,
  ...fields,
});
const ask = (nodes: readonly NodeView[], requires: Partial<Requirements> = {}, backOff = 0) =>
  explain(
    {
      id: 'job-1',
      state: 'queued',
      nodeName: null,
      backOff,
      need: { workspaceId: 'ws-1', kind: 'script', requires: { cores: 1, ramMb: 256, ...requires } },
    },
    nodes,
  );

test.each<[string, Partial<NodeView>, Partial<Requirements>]>([
  ['fits: Could take it now', {}, {}],
  ['waits_for_approval: Waits for an admin to let it in', { workspaces: new Map([['ws-1', 'waits']]) }, {}],
  ['other_machine: The job asks for another machine', {}, { nodeId: 'node-other' }],
  ['no_executor: Cannot do scripts', { executors: [] }, {}],
  ['tags_missing: Lacks the tag fast', { tags: ['big'] }, { tags: ['fast', 'big'] }],
  ['cores_not_shared: Shares 4 cores; 8 needed', {}, { cores: 8 }],
  ['ram_not_shared: Shares 4 GB of memory; 8 GB needed', {}, { ramMb: 8192 }],
  ['no_gpu: Shares no GPU', {}, { gpuMemoryMb: 1 }],
  ['paused: Paused by its owner', { presence: 'paused' }, {}],
  ['cores_taken: Busy: 0.5 cores free, 1 needed', { taken: { cores: 3.5, ramMb: 0, storageMb: 0, gpus: [] } }, {}],
])('explain: %s', (expected, fields, requires) => {
  const [verdict] = ask([node('a', fields)], requires).nodes;
  expect(`${verdict?.code}: ${verdict?.reason}`).toBe(expected);
});

test('explain: nodes of other workspaces are not named; the summary says what is waited for', () => {
  const elsewhere = node('elsewhere', { workspaces: new Map([['ws-2', 'serves']]) });
  expect(ask([elsewhere])).toMatchObject({ nodes: [], summary: 'No node serves this workspace yet' });
  const busy = node('busy', { taken: { cores: 4, ramMb: 0, storageMb: 0, gpus: [] } });
  const small = node('a-small', { shared: { cores: 0, ramMb: 0, storageMb: 0, gpus: [] } });
  expect(ask([small, busy])).toMatchObject({
    summary: 'Waits for room on one node',
    nodes: [{ name: 'busy' }, { name: 'a-small' }],
  });
  expect(ask([small]).summary).toBe('No node of this workspace can do it');
  expect(ask([node('gone', { presence: 'lost' })]).summary).toBe('The nodes that can do it are not here');
  expect(ask([node('free')], {}, 1_500).summary).toBe('Tried again in 2 s');
});
