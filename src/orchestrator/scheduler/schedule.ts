/**
 * Which job goes to which node. Pure: a snapshot in, decisions out.
 *
 *   overdue lines, the longest unserved first ──► placed, or a node is held for them
 *   then turn by turn: workspace ► member ► line ──► the best node with room
 *
 * The work grows with lines, needs × nodes (once) and the decisions made, never with jobs × nodes.
 */
import { createField, type Field } from './field.ts';
import { type Line, sharesOf } from './shares.ts';
import { type Decision, priorityWorth, type Snapshot } from './snapshot.ts';

/** A line that got nothing for this long goes before the others; where it finds no room, a node is kept free for it. */
export const patience = 120_000;
/** Nodes held at once: one in so many, and at least one. */
const heldOneIn = 8;

export function schedule(snapshot: Snapshot, now: number): Decision[] {
  const field = createField(snapshot.nodes);
  const shares = sharesOf(snapshot, now);
  const decisions: Decision[] = [];
  /** Needs that found no room; room only shrinks in a pass. */
  const full = new Set<string>();
  const place = (line: Line): boolean => {
    const { need, key } = line.queue;
    if (full.has(key)) return false;
    const node = field.best(need, key);
    const view = field.nodes[node];
    if (view === undefined) {
      full.add(key);
      return false;
    }
    decisions.push({ jobId: line.head.id, nodeId: view.id, gpu: field.fill(node, need) });
    shares.placed(line);
    return true;
  };
  for (const line of overdue(shares.lines, now)) if (!place(line)) hold(field, line);
  // A line whose head finds no place has no place for the others behind it either.
  for (let line = shares.next(); line !== null; line = shares.next()) place(line);
  return decisions;
}

/**
 * J7, nothing starves: the lines that got nothing for too long. A point of priority is worth a minute here too, so that
 * what is less urgent than everything else waits longer.
 */
function overdue(lines: readonly Line[], now: number): Line[] {
  const highest = lines.reduce((most, { head }) => Math.max(most, head.priority), Number.NEGATIVE_INFINITY);
  const since = ({ head, queue }: Line) =>
    Math.max(head.createdAt, queue.servedAt) + (highest - head.priority) * priorityWorth;
  return lines
    .filter((line) => now - since(line) > patience)
    .sort((left, right) => since(left) - since(right) || (left.head.id < right.head.id ? -1 : 1));
}

function hold(field: Field, { queue }: Line): void {
  if (field.held >= Math.max(1, Math.floor(field.nodes.length / heldOneIn))) return;
  const node = field.nearest(queue.need);
  if (node >= 0) field.hold(node, queue.key);
}
