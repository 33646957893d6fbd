/** What differs between a version of a flow and the present, and both in one drawing. Places on the canvas alone are no change. Pure. */
import type { FlowEdge, FlowFile, FlowStep } from '../../../../shared/model/flow.ts';
import { isEqual } from '../document/flow-view.ts';

export type Change = 'added' | 'removed' | 'changed';

export interface FlowDiff {
  /** By step: added and changed since the version, or removed since. */
  steps: ReadonlyMap<string, Change>;
  edges: ReadonlyMap<string, Exclude<Change, 'changed'>>;
  notes: ReadonlyMap<string, Change>;
}

export const changeWords: Readonly<Record<Change, string>> = { added: 'Added', removed: 'Removed', changed: 'Changed' };

export function diffOf(then: FlowFile, now: FlowFile): FlowDiff {
  return {
    steps: changesOf(then.steps, now.steps, sameStep),
    edges: changesOf(then.edges, now.edges, () => true) as FlowDiff['edges'],
    notes: changesOf(then.notes, now.notes, (one, other) => one.text === other.text),
  };
}

function changesOf<Item extends { id: string }>(
  then: readonly Item[],
  now: readonly Item[],
  same: (one: Item, other: Item) => boolean,
): Map<string, Change> {
  const before = new Map(then.map((item) => [item.id, item]));
  const changes = new Map<string, Change>();
  for (const item of now) {
    const known = before.get(item.id);
    before.delete(item.id);
    if (known === undefined) changes.set(item.id, 'added');
    else if (!same(known, item)) changes.set(item.id, 'changed');
  }
  for (const id of before.keys()) changes.set(id, 'removed');
  return changes;
}

const sameStep = (one: FlowStep, other: FlowStep): boolean => stepText(one) === stepText(other);

/** The present with what is gone since in its old places, so that both can be seen at once. */
export function bothOf(then: FlowFile, now: FlowFile): FlowFile {
  const gone = <Item extends { id: string }>(items: readonly Item[], still: readonly Item[]) => {
    const ids = new Set(still.map(({ id }) => id));
    return items.filter(({ id }) => !ids.has(id));
  };
  const steps = [...now.steps, ...gone(then.steps, now.steps)];
  const there = new Set(steps.map(({ id }) => id));
  const hasEnds = ({ from, to }: FlowEdge) => there.has(from.step) && there.has(to.step);
  return {
    ...now,
    steps: steps.map((step) => (step.parent === undefined || there.has(step.parent) ? step : withoutParent(step))),
    edges: [...now.edges, ...gone(then.edges, now.edges)].filter(hasEnds),
    notes: [...now.notes, ...gone(then.notes, now.notes)],
  };
}

const withoutParent = ({ parent: _, ...step }: FlowStep): FlowStep => step;

/** A step as lines of text, for reading what changed in it: everything but where it stands. */
export function stepText(step: FlowStep): string {
  const lines = [`name: ${step.name}`, `type: ${step.type}`];
  if (step.parent !== undefined) lines.push(`inside: ${step.parent}`);
  for (const [name, value] of sorted(step.config)) lines.push(...fieldLines(name, value));
  for (const name of ['policy', 'placement'] as const) {
    const value = step[name];
    if (value !== undefined && !isEqual(value, {})) lines.push(...fieldLines(name, value));
  }
  return `${lines.join('\n')}\n`;
}

const sorted = (config: FlowStep['config']) =>
  Object.entries(config).toSorted(([one], [other]) => (one < other ? -1 : 1));

/** Text as it is, so that its lines can be compared; anything else as JSON. */
function fieldLines(name: string, value: unknown): string[] {
  if (value === undefined) return [];
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return text.includes('\n') ? [`${name}:`, ...text.split('\n').map((line) => `  ${line}`)] : [`${name}: ${text}`];
}

/** "2 added, 1 removed, 3 changed", of steps, edges and notes together; "Nothing differs" where nothing does. */
export function diffWords({ steps, edges, notes }: FlowDiff): string {
  const all = [...steps.values(), ...edges.values(), ...notes.values()];
  const parts = (['added', 'removed', 'changed'] as const).flatMap((kind) => {
    const count = all.filter((one) => one === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  return parts.length === 0 ? 'Nothing differs' : parts.join(', ');
}
