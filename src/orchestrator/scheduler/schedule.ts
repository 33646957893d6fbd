/**
 * Which job goes to which node. Pure: a snapshot in, decisions out. The work grows with queues × nodes (once) and with
 * the decisions made, never with jobs × nodes.
 */
import { chooseGpu, lastingObstacle, passingObstacle } from './fit.ts';
import { createHeap, type Heap } from './heap.ts';
import { score } from './score.ts';
import {
  type Decision,
  inLine,
  type Need,
  type NodeView,
  type QueueView,
  type Room,
  type Snapshot,
  type WaitingJob,
} from './snapshot.ts';

/** A workspace that got nothing for this long gains a point of priority over the others (J7: nothing starves). */
const starvingStep = 600_000;

interface Line {
  readonly queue: QueueView;
  readonly rest: Iterator<WaitingJob>;
  head: WaitingJob;
}

/** The lines of one workspace, and how much it uses. */
interface Share {
  readonly lines: Heap<Line>;
  cores: number;
  servedAt: number;
}

export function schedule(snapshot: Snapshot, now: number): Decision[] {
  const shares = sharesOf(snapshot);
  const taken = new Map<string, Room>();
  const machines = machinesOf(snapshot.nodes, taken);
  const decisions: Decision[] = [];
  while (shares.length > 0) {
    const share = nextShare(shares, now);
    const line = share.lines.pop();
    if (line === undefined) {
      shares.splice(shares.indexOf(share), 1);
      continue;
    }
    const decision = place(line, machines, taken);
    // A line whose head finds no place has no place for the others of the same need either.
    if (decision === null) continue;
    decisions.push(decision);
    share.cores += line.queue.need.requires.cores;
    share.servedAt = now;
    const next = line.rest.next();
    if (next.done === true) continue;
    line.head = next.value;
    share.lines.push(line);
  }
  return decisions;
}

function sharesOf({ queues, use }: Snapshot): Share[] {
  const byWorkspace = new Map<string, Share>();
  for (const queue of queues) {
    const rest = queue.jobs[Symbol.iterator]();
    const first = rest.next();
    if (first.done === true) continue;
    const { workspaceId } = queue.need;
    const share = byWorkspace.get(workspaceId) ?? newShare(use.get(workspaceId));
    byWorkspace.set(workspaceId, share);
    share.lines.push({ queue, rest, head: first.value });
  }
  return [...byWorkspace.values()];
}

function newShare(use: { cores: number; servedAt: number } | undefined): Share {
  const lines = createHeap<Line>((left, right) => inLine(left.head, right.head) < 0);
  return { lines, cores: use?.cores ?? 0, servedAt: use?.servedAt ?? 0 };
}

/** Whose turn it is: the highest priority, then who uses least, then who has waited longest. */
function nextShare(shares: readonly Share[], now: number): Share {
  return shares.reduce((best, share) => (comesBefore(share, best, now) ? share : best));
}

function comesBefore(left: Share, right: Share, now: number): boolean {
  const [leftHead, rightHead] = [left.lines.peek()?.head, right.lines.peek()?.head];
  if (leftHead === undefined || rightHead === undefined) return leftHead === undefined;
  const urgency = urgencyOf(left, leftHead, now) - urgencyOf(right, rightHead, now);
  if (urgency !== 0) return urgency > 0;
  if (left.cores !== right.cores) return left.cores < right.cores;
  return inLine(leftHead, rightHead) < 0;
}

function urgencyOf(share: Share, head: WaitingJob, now: number): number {
  const starving = Math.max(0, now - Math.max(head.createdAt, share.servedAt));
  return head.priority + Math.floor(starving / starvingStep);
}

function place(line: Line, machines: Machines, taken: Map<string, Room>): Decision | null {
  const { need } = line.queue;
  const node = machines(need);
  if (node === null) return null;
  const before = taken.get(node.id) ?? node.taken;
  const gpu =
    need.requires.gpuMemoryMb === undefined ? null : chooseGpu(need.requires.gpuMemoryMb, node.shared, before);
  taken.set(node.id, take(before, need.requires, gpu));
  return { jobId: line.head.id, nodeId: node.id, gpu };
}

/** The room that is taken when one more job is there. */
export function take(room: Room, requires: QueueView['need']['requires'], gpu: number | null): Room {
  const gpus = gpu === null ? room.gpus : room.gpus.with(gpu, (room.gpus[gpu] ?? 0) + (requires.gpuMemoryMb ?? 0));
  return { cores: room.cores + requires.cores, ramMb: room.ramMb + requires.ramMb, gpus };
}

/** The best node with room for a need, as things stand in this pass. */
type Machines = (need: Need) => NodeView | null;

function machinesOf(nodes: readonly NodeView[], taken: ReadonlyMap<string, Room>): Machines {
  const takenOf = (node: NodeView) => taken.get(node.id) ?? node.taken;
  const byNeed = new Map<string, Machines>();
  return (need) => {
    const key = likeness(need);
    const known = byNeed.get(key);
    if (known !== undefined) return known(need);
    const able = nodes.filter((node) => node.presence === 'here' && lastingObstacle(leastOf(need), node) === null);
    const made = need.requires.gpuMemoryMb === undefined ? spread(able, takenOf) : packed(able, takenOf);
    byNeed.set(key, made);
    return made(need);
  };
}

/** Needs that differ only a little in memory look for their node in the same place. */
function likeness({ workspaceId, kind, requires }: Need): string {
  const { cores, ramMb, gpuMemoryMb, tags = [], nodeId = '' } = requires;
  return [workspaceId, kind, cores, ramClass(ramMb), gpuMemoryMb, nodeId, ...tags].join('\u0000');
}
const ramClass = (ramMb: number) => (ramMb < 1 ? 0 : 2 ** Math.floor(Math.log2(ramMb)));
const leastOf = (need: Need): Need => ({
  ...need,
  requires: { ...need.requires, ramMb: ramClass(need.requires.ramMb) },
});

interface Rated {
  readonly node: NodeView;
  readonly rate: number;
}
const better = (left: Rated, right: Rated) =>
  left.rate !== right.rate ? left.rate > right.rate : left.node.id < right.node.id;
type TakenOf = (node: NodeView) => Room;
const hasRoom = (need: Need, node: NodeView, takenOf: TakenOf) =>
  lastingObstacle(need, node) === null && passingObstacle(need, node, takenOf(node)) === null;

/**
 * Every need rates a node alike here, and rates only fall while a pass fills the nodes; so one heap serves all needs that
 * are alike, and an entry whose rate has fallen is put back where it belongs when it comes up.
 */
function spread(nodes: readonly NodeView[], takenOf: TakenOf): Machines {
  const heap = createHeap<Rated>(better);
  const rated = (need: Need, node: NodeView) => ({ node, rate: score(need, node, takenOf(node)) });
  let filled = false;
  return (need) => {
    if (!filled) for (const node of nodes) heap.push(rated(need, node));
    filled = true;
    const passedOver: Rated[] = [];
    let found: NodeView | null = null;
    for (let top = heap.pop(); top !== undefined; top = heap.pop()) {
      const current = rated(need, top.node);
      if (current.rate < top.rate) heap.push(current);
      else {
        passedOver.push(current);
        if (hasRoom(need, top.node, takenOf)) {
          found = top.node;
          break;
        }
      }
    }
    for (const entry of passedOver) heap.push(entry);
    return found;
  };
}

/** Packing raises the score of a node that is used, so every node is looked at; those with GPUs are few. */
function packed(nodes: readonly NodeView[], takenOf: TakenOf): Machines {
  return (need) => {
    let best: Rated | null = null;
    for (const node of nodes) {
      if (!hasRoom(need, node, takenOf)) continue;
      const rated = { node, rate: score(need, node, takenOf(node)) };
      if (best === null || better(rated, best)) best = rated;
    }
    return best?.node ?? null;
  };
}
