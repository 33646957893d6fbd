/** Whose job comes next (J7): lines of a member, members of a workspace, workspaces. Pure. */
import { createHeap, type Heap } from './heap.ts';
import { inLine, priorityWorth, type QueueView, type Snapshot, type WaitingJob } from './snapshot.ts';
import { burden, type Use } from './use.ts';

/** A workspace that got nothing for this long gains a point of priority over the others; a member of one, for a minute. */
const workspaceStep = 600_000;

export interface Line {
  readonly queue: QueueView;
  readonly rest: Iterator<WaitingJob>;
  head: WaitingJob;
  readonly member: Member;
}

/** What a level of sharing goes by. `head` is what it would have placed next. */
interface Share {
  head: WaitingJob;
  burden: number;
  servedAt: number;
  urgency: number;
}
interface Member extends Share {
  readonly lines: Heap<Line>;
  readonly workspace: Workspace;
}
interface Workspace extends Share {
  readonly members: Heap<Member>;
}

export interface Shares {
  /** The lines as they stand at first, in no order. */
  readonly lines: readonly Line[];
  /** Takes the line out whose head comes next; null when none is left. */
  next(): Line | null;
  /** The head of that line was placed; the line goes on, before or between turns. */
  placed(line: Line): void;
}

/** Of what has the highest priority, who uses least, now and lately; then who has waited longest. */
function comesFirst(left: Share, right: Share): boolean {
  if (left.urgency !== right.urgency) return left.urgency > right.urgency;
  if (left.burden !== right.burden) return left.burden < right.burden;
  return inLine(left.head, right.head) < 0;
}

export function sharesOf({ queues, use }: Pick<Snapshot, 'queues' | 'use'>, now: number): Shares {
  const workspaces = createHeap<Workspace>(comesFirst);
  const lines = linesOf(queues, use, now);
  const urge = (share: Share, head: WaitingJob, step: number) => {
    share.head = head;
    const starving = Math.max(0, now - Math.max(head.createdAt, share.servedAt));
    share.urgency = head.priority + Math.floor(starving / step);
  };
  /** Puts a member back among the others of its workspace, unless it has nothing left. */
  const standMember = (member: Member) => {
    const first = member.lines.peek();
    if (first === undefined) return;
    urge(member, first.head, priorityWorth);
    member.workspace.members.push(member);
  };
  const standWorkspace = (workspace: Workspace) => {
    const first = workspace.members.peek();
    if (first === undefined) return;
    urge(workspace, first.head, workspaceStep);
    workspaces.push(workspace);
  };

  let begun = false;
  const begin = () => {
    begun = true;
    for (const line of lines) if (line.head !== gone) line.member.lines.push(line);
    const members = new Set(lines.map(({ member }) => member));
    for (const member of members) standMember(member);
    for (const workspace of new Set([...members].map((member) => member.workspace))) standWorkspace(workspace);
  };
  /** The member whose turn it is; it stands aside until the next turn. */
  let turn: Member | null = null;
  const endTurn = () => {
    if (turn === null) return;
    standMember(turn);
    standWorkspace(turn.workspace);
    turn = null;
  };

  return {
    lines,
    next() {
      if (!begun) begin();
      endTurn();
      const member = workspaces.pop()?.members.pop();
      const line = member?.lines.pop();
      if (member === undefined || line === undefined) return null;
      turn = member;
      return line;
    },
    placed(line) {
      const { member, queue } = line;
      for (const share of [member, member.workspace]) {
        share.burden += queue.need.requires.cores;
        share.servedAt = now;
      }
      const next = line.rest.next();
      line.head = next.done === true ? gone : next.value;
      if (begun && line.head !== gone) member.lines.push(line);
    },
  };
}

/** The head of a line that has none. */
const gone: WaitingJob = { id: '', priority: 0, createdAt: 0, member: null };

function linesOf(queues: readonly QueueView[], use: Snapshot['use'], now: number): Line[] {
  const workspaces = new Map<string, Workspace & { readonly byId: Map<string | null, Member> }>();
  const lines: Line[] = [];
  for (const queue of queues) {
    const rest = queue.jobs[Symbol.iterator]();
    const first = rest.next();
    if (first.done === true) continue;
    const { workspaceId } = queue.need;
    const used = use.get(workspaceId);
    let workspace = workspaces.get(workspaceId);
    if (workspace === undefined) {
      workspace = { ...newShare(used, now), members: createHeap<Member>(comesFirst), byId: new Map() };
      workspaces.set(workspaceId, workspace);
    }
    let member = workspace.byId.get(queue.member);
    if (member === undefined) {
      const own = newShare(used?.members.get(queue.member), now);
      member = { ...own, workspace, lines: createHeap<Line>((left, right) => inLine(left.head, right.head) < 0) };
      workspace.byId.set(queue.member, member);
    }
    lines.push({ queue, rest, head: first.value, member });
  }
  return lines;
}

const newShare = (use: Use | undefined, now: number): Share => ({
  head: gone,
  burden: burden(use, now),
  servedAt: use?.servedAt ?? 0,
  urgency: 0,
});
