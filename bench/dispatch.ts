import { schedule } from '../src/orchestrator/scheduler/schedule.ts';
import { type NodeView, newcomer, type QueueView, type Snapshot } from '../src/orchestrator/scheduler/snapshot.ts';
import { median, report } from './report.ts';

const nodeCount = 1_000;
const jobCount = 10_000;
const workspaceCount = 4;
const mostMs = 50;
const rounds = 20;

interface Shape {
  readonly bench: string;
  readonly needs: number;
  readonly members: number;
  /** Whether the needs differ in more than a little memory, so that no two look in the same place. */
  readonly distinct: boolean;
  readonly gpu: boolean;
  /** Nodes whose cores are all in use; then a pass finds out that nothing fits. */
  readonly full: boolean;
}
const plain: Shape = { bench: 'dispatch', needs: 40, members: 1, distinct: false, gpu: false, full: false };
const shapes: readonly Shape[] = [
  plain,
  { ...plain, bench: 'dispatch-members', members: 500 },
  { ...plain, bench: 'dispatch-needs', needs: 200, distinct: true },
  { ...plain, bench: 'dispatch-gpu', gpu: true },
  { ...plain, bench: 'dispatch-full', needs: 200, members: 500, distinct: true, full: true },
];

/** One scheduling pass over 10,000 jobs and 1,000 nodes that take 8 each: plain, with many members, with many needs. */
export async function benchDispatch(): Promise<void> {
  for (const shape of shapes) measure(shape);
}

function measure(shape: Shape): void {
  const snapshot = makeSnapshot(shape);
  const times: number[] = [];
  let placed = 0;
  for (let round = 0; round < rounds; round += 1) {
    const begun = performance.now();
    placed = schedule(snapshot, 100_000).length;
    times.push(performance.now() - begun);
    if (shape.full ? placed > 0 : placed < 1_000) throw new Error(`${placed} jobs were placed`);
  }
  const members = shape.members === 1 ? '' : ` of ${shape.members} members`;
  const notes = `${jobCount} jobs, ${shape.needs} needs${members}, ${nodeCount} nodes, ${placed} placed, median of ${rounds}; at most ${mostMs} ms`;
  report({ bench: shape.bench, value: median(times), unit: 'ms', limit: mostMs, n: jobCount, notes });
}

function makeSnapshot({ needs, members, distinct, gpu, full }: Shape): Snapshot {
  const lines = Math.max(needs, members);
  const workspaces = new Map(
    Array.from({ length: workspaceCount }, (_, index) => [`ws-${index}`, 'serves' as const] as const),
  );
  const gpus = gpu ? [24_000, 24_000] : [];
  const nodes = Array.from(
    { length: nodeCount },
    (_, index): NodeView => ({
      id: `node-${String(index).padStart(4, '0')}`,
      name: `node-${index}`,
      presence: 'here',
      // Many needs only cost what they cost where every node may take them.
      workspaces: distinct ? workspaces : new Map([[`ws-${index % workspaceCount}`, 'serves']]),
      executors: ['script', 'ocr'],
      tags: [],
      shared: { cores: 8, ramMb: 16_384, storageMb: 0, gpus },
      taken: { cores: full ? 8 : 0, ramMb: 0, storageMb: 0, gpus: gpus.map(() => 0) },
      models: [],
      standing: newcomer,
      pause: null,
    }),
  );
  const queues = Array.from({ length: lines }, (_, line): QueueView => {
    const need = line % needs;
    const member = `usr-${line % members}`;
    const size = distinct ? { cores: 1 + (need % 4) / 2, ramMb: 2 ** (need % 12) } : { cores: 1, ramMb: 128 + need };
    const tags = distinct ? { notNodeIds: [`none-${need}`] } : {};
    return {
      key: `q${need}`,
      member,
      need: {
        workspaceId: `ws-${need % workspaceCount}`,
        kind: 'script',
        requires: { ...size, ...tags, ...(gpu ? { gpuMemoryMb: 4_000 + 100 * need } : {}) },
      },
      jobs: Array.from({ length: jobCount / lines }, (_job, index) => ({
        id: `job-${line}-${String(index).padStart(5, '0')}`,
        priority: 0,
        createdAt: index,
        member,
      })),
      servedAt: 0,
    };
  });
  return { nodes, queues, use: new Map() };
}
