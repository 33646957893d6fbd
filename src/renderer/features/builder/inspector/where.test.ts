import { expect, it } from 'vitest';
import { stepType } from '../../../../shared/flows/registry.ts';
import type { Node } from '../../../../shared/model/node.ts';
import { gpuBars, gpuScale, needsOf, standing } from './where.ts';

it('asks for what the job of the step asks for, with its placement', () => {
  const placed = needsOf(stepType('code'), { ramMb: 512 }, { nodeId: 'a', tags: ['office'] });
  expect(placed).toMatchObject({ kind: 'script', requires: { ramMb: 512, nodeId: 'a', tags: ['office'] } });
  expect(needsOf(stepType('template'), {}, undefined)).toEqual({ kind: null, requires: {} });
});

it('says when in a word', () => {
  const answer = { nodeId: 'a', name: 'a', code: 'x', reason: 'y' };
  expect(standing({ ...answer, fits: true, lasting: false, waitSeconds: 0 })).toBe('now');
  expect(standing({ ...answer, fits: false, lasting: false, waitSeconds: 40 })).toMatch(/40/);
  expect(standing({ ...answer, fits: false, lasting: false, waitSeconds: null })).toBe('later');
  expect(standing({ ...answer, fits: false, lasting: true, waitSeconds: null })).toBe('not able');
});

it('draws every GPU on one scale', () => {
  const node = {
    capabilities: {
      gpus: [
        { id: 'g0', model: 'A', memory_mb: 24_000 },
        { id: 'g1', model: 'B', memory_mb: 12_000 },
      ],
    },
    resourceLimits: { gpus: { g0: { memoryPercent: 50 }, g1: { enabled: false } } },
  } as unknown as Node;
  expect(gpuScale([node], 32_000)).toBe(32_000);
  expect(gpuBars(node, 24_000)).toEqual([
    { id: 'g0', length: 1, shared: 0.5 },
    { id: 'g1', length: 0.5, shared: 0 },
  ]);
});
