import { describe, expect, it } from 'vitest';
import { stepType } from '../../../../shared/flows/registry.ts';
import type { Node } from '../../../../shared/model/node.ts';
import { answersOf, needsOf, verdict } from './where.ts';

const node = (id: string, rest: Partial<Node> = {}): Node => ({
  id,
  name: id,
  colour: 1,
  mark: 1,
  status: 'online',
  available: true,
  capabilities: { node_id: id, cpu: { cores: 4 }, memory: { total_mb: 8192 } },
  resourceLimits: {},
  remoteControlEnabled: false,
  executors: ['ocr', 'script'],
  version: null,
  tags: [],
  currentJobs: 0,
  running: [],
  reserved: { cores: 0, ramMb: 0 },
  workspaces: [],
  ownerName: null,
  embedded: false,
  lastSeenAt: null,
  connectedAt: null,
  createdAt: 0,
  finished: { done: 0, nodeFaults: 0 },
  reputation: [],
  ...rest,
});
const needs = needsOf(stepType('read_text'), {}, undefined);

describe('who could run a step', () => {
  it('says who can now, who could, and why the others cannot, in this order', () => {
    const answers = answersOf(
      [
        node('lost', { status: 'lost' }),
        node('busy', { reserved: { cores: 4, ramMb: 512 }, currentJobs: 4 }),
        node('small', { resourceLimits: { ramPercent: 5 } }),
        node('free'),
      ],
      needs,
    );
    expect(answers.map((answer) => answer.node.id).slice(0, 2)).toEqual(['free', 'busy']);
    expect(answers.find((answer) => answer.node.id === 'lost')?.reason).toBe('Not heard from');
    expect(answers.find((answer) => answer.node.id === 'small')?.reason).toMatch(/shares/);
    expect(verdict(answers)).toBe('free can take it now.');
  });

  it('keeps to the chosen machine and to tags', () => {
    const placed = needsOf(stepType('code'), { ramMb: 512 }, { nodeId: 'a', tags: ['office'] });
    const answers = answersOf([node('a', { tags: ['office'] }), node('b', { tags: ['office'] }), node('c')], placed);
    expect(answers.filter((answer) => answer.fits).map((answer) => answer.node.id)).toEqual(['a']);
    expect(placed.ramMb).toBe(512);
  });

  it('says when there is nobody', () => {
    expect(verdict(answersOf([], needs))).toBe('There is no node in this workspace yet.');
    expect(verdict(answersOf([node('x', { executors: [] })], needs))).toBe('No node here can run it.');
  });
});
