import { describe, expect, test } from 'vitest';
import type { Node } from '../../shared/model/node.ts';
import type { RunSummary } from '../../shared/model/run.ts';
import { machinesOf, weaveOf, weaveWords } from './machines.ts';
import { factsOf, gpuWords, hardwareWords, presenceOf, shortCpu, standingWords } from './node-facts.ts';

const node = (more: Partial<Node> = {}): Node => ({
  id: 'node-1',
  name: 'rack-2',
  colour: 1,
  mark: 1,
  status: 'online',
  available: true,
  capabilities: { node_id: 'node-1', cpu: { model: 'EPYC 7443P', cores: 24 }, memory: { total_mb: 131_072 }, gpus: [] },
  resourceLimits: { cpuCores: 12, ramPercent: 50 },
  remoteControlEnabled: false,
  executors: ['ocr'],
  version: null,
  tags: [],
  currentJobs: 0,
  running: [],
  reserved: { cores: 3, ramMb: 32_768 },
  workspaces: [],
  ownerName: null,
  embedded: false,
  lastSeenAt: null,
  connectedAt: null,
  createdAt: 0,
  finished: { done: 0, nodeFaults: 0 },
  reputation: [],
  ...more,
});
const spaced = (text: string) => text.replaceAll('\u2009', ' ');

describe('interface.md nodes: hardware, what is free, what runs', () => {
  test('load is measured against what the owner shares', () => {
    expect(factsOf(node())).toMatchObject({ sharedCores: 12, sharedRamMb: 65_536, load: 0.5, presence: 'here' });
  });

  test('a node of the first system may say next to nothing of itself', () => {
    const bare = node({ capabilities: { node_id: 'node-1' }, resourceLimits: {} });
    expect(factsOf(bare)).toMatchObject({ cores: null, ramMb: null, load: 0 });
    expect([hardwareWords(bare), gpuWords(bare)]).toEqual(['', 'No GPU']);
  });

  test('GPUs are counted and named', () => {
    const gpus = [
      { id: 'a', model: 'RTX A5000', memory_mb: 24_576 },
      { id: 'b', model: 'RTX A5000', memory_mb: 24_576 },
      { id: 'c', model: 'T4' },
    ];
    expect(spaced(gpuWords(node({ capabilities: { node_id: 'node-1', gpus } })))).toBe(
      '2 × RTX A5000, 24 GB and 1 more',
    );
  });

  test('makers’ ornaments are left out', () => {
    expect(['Intel(R) Xeon(R) CPU @ 2.20GHz', 'AMD Ryzen 9 7950X 16-Core Processor'].map(shortCpu)).toEqual([
      'Intel Xeon',
      'AMD Ryzen 9 7950X',
    ]);
  });

  test('DESIGN machines: full = here, outline = away, dashed = lost', () => {
    const ways: [Partial<Node>, string, string][] = [
      [{}, 'here', 'Idle'],
      [{ currentJobs: 2 }, 'here', 'Working'],
      [{ status: 'suspect' }, 'here', 'Silent'],
      [{ available: false }, 'away', 'Paused'],
      [{ status: 'away' }, 'away', 'Away'],
      [{ status: 'lost' }, 'lost', 'Lost'],
    ];
    for (const [more, presence, word] of ways)
      expect([presenceOf(node(more)), standingWords(node(more))]).toEqual([presence, word]);
  });
});

describe('DESIGN the weave: progress of a run, cut by who did the work', () => {
  const machines = machinesOf([node(), node({ id: 'node-2', name: 'ana-pc', colour: 2 })]);
  const run = (more: Partial<RunSummary>): RunSummary => ({
    id: 'run-1',
    workspaceId: 'ws-1',
    flowId: null,
    flowName: 'Read',
    versionId: 'ver-1',
    number: 1,
    state: 'running',
    startedBy: null,
    createdAt: 0,
    finishedAt: null,
    progress: { total: 10, done: 6, failed: 1 },
    weave: [],
    workers: {},
    ...more,
  });

  test('parts of machines are as long as what is done, then failures, then what is open', () => {
    const weave = [
      { nodeId: 'node-1', ms: 3000, count: 3 },
      { nodeId: 'node-2', ms: 1000, count: 3 },
    ];
    expect(weaveOf(run({ weave }), machines).map((stretch) => [stretch.kind, stretch.share])).toEqual([
      ['machine', 4.5],
      ['machine', 1.5],
      ['failed', 1],
      ['open', 3],
    ]);
    expect(weaveWords(run({ weave }), machines)).toBe('rack-2 75 %, ana-pc 25 %');
  });

  test('work of the host, and of a node that was removed, is grey', () => {
    const weave = [{ nodeId: 'node-gone', ms: 10, count: 1 }];
    expect(weaveOf(run({ weave }), machines)[0]).toMatchObject({ kind: 'host', share: 6 });
    expect(weaveOf(run({}), machines)[0]).toMatchObject({ kind: 'host', share: 6 });
    const asked = run({ weave: [{ nodeId: 'host', ms: 10, count: 1 }] });
    expect(weaveOf(asked, machines)[0]).toMatchObject({ kind: 'host', share: 6 });
    expect(weaveWords(asked, machines)).toBe('Host 100 %');
  });
});
