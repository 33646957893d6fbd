import { schedule } from '../src/orchestrator/scheduler/schedule.ts';
import type { NodeView, QueueView, Snapshot } from '../src/orchestrator/scheduler/snapshot.ts';
import { median, report } from './report.ts';

const nodeCount = 1_000;
const jobCount = 10_000;
const queueCount = 40;
const mostMs = 50;
const rounds = 20;

/** One scheduling pass over 10,000 jobs of 40 different needs in 4 workspaces and 1,000 nodes that take 8 each. */
export async function benchDispatch(): Promise<void> {
  const snapshot = makeSnapshot();
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const begun = performance.now();
    const decisions = schedule(snapshot, 1_000_000);
    times.push(performance.now() - begun);
    if (decisions.length < 1_000) throw new Error(`Only ${decisions.length} jobs were placed`);
  }
  const notes = `${jobCount} jobs, ${queueCount} needs, ${nodeCount} nodes, median of ${rounds}; at most ${mostMs} ms`;
  report({ bench: 'dispatch', value: median(times), unit: 'ms', limit: mostMs, n: jobCount, notes });
}

function makeSnapshot(): Snapshot {
  const nodes = Array.from(
    { length: nodeCount },
    (_, index): NodeView => ({
      id: `node-${index}`,
      name: `node-${index}`,
      presence: 'here',
      workspaces: new Map([[`ws-${index % 4}`, 'serves']]),
      executors: ['script', 'ocr'],
      tags: [],
      shared: { cores: 8, ramMb: 16_384, gpus: [] },
      taken: { cores: 0, ramMb: 0, gpus: [] },
    }),
  );
  const queues = Array.from(
    { length: queueCount },
    (_, queue): QueueView => ({
      key: `q${queue}`,
      need: { workspaceId: `ws-${queue % 4}`, kind: 'script', requires: { cores: 1, ramMb: 128 + queue } },
      jobs: Array.from({ length: jobCount / queueCount }, (_job, index) => ({
        id: `job-${queue}-${String(index).padStart(5, '0')}`,
        priority: 0,
        createdAt: index,
      })),
    }),
  );
  return { nodes, queues, use: new Map() };
}
