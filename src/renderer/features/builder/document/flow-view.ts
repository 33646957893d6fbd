/** What the canvas draws: a flow in plain form, by id. Whatever did not change keeps its identity, so only changes are drawn again. */
import {
  type FlowEdge,
  type FlowFile,
  type FlowNote,
  type FlowStep,
  flowSchemaId,
} from '../../../../shared/model/flow.ts';

export interface FlowView {
  name: string;
  steps: ReadonlyMap<string, FlowStep>;
  edges: ReadonlyMap<string, FlowEdge>;
  notes: ReadonlyMap<string, FlowNote>;
  /** The same in plain form, for what reads a whole flow. */
  file: FlowFile;
}

const emptyFile: FlowFile = {
  schema: flowSchemaId,
  name: 'Untitled flow',
  steps: [],
  edges: [],
  groups: [],
  notes: [],
  settings: {},
};
export const emptyView: FlowView = { name: '', steps: new Map(), edges: new Map(), notes: new Map(), file: emptyFile };

/** The view of a file, sharing with the one before whatever is equal. Answers the same object when everything is. */
export function viewOf(file: FlowFile, before: FlowView): FlowView {
  const steps = shareAll(file.steps, before.steps);
  const edges = shareAll(file.edges, before.edges);
  const notes = shareAll(file.notes, before.notes);
  const same = file.name === before.name && steps === before.steps && edges === before.edges && notes === before.notes;
  const groups = shareAll(file.groups, new Map(before.file.groups.map((group) => [group.id, group])));
  if (same && isEqual(file.groups, before.file.groups) && isEqual(file.settings, before.file.settings)) return before;
  return {
    name: file.name,
    steps,
    edges,
    notes,
    file: {
      ...file,
      steps: [...steps.values()],
      edges: [...edges.values()],
      notes: [...notes.values()],
      groups: [...groups.values()],
    },
  };
}

/**
 * The view after only these steps changed, and nothing about how they belong together; null where that is not so after
 * all, and everything has to be read again.
 */
export function viewAfter(
  before: FlowView,
  changed: ReadonlySet<string>,
  read: (id: string) => FlowStep | null,
): FlowView | null {
  const replaced = new Map<string, FlowStep>();
  for (const id of changed) {
    const known = before.steps.get(id);
    const step = read(id);
    if (known === undefined || step === null || step.type !== known.type || step.parent !== known.parent) return null;
    // Long text that is absent is read as empty; then the whole is read as it is defined.
    if (Object.keys(known.config).some((name) => !Object.hasOwn(step.config, name))) return null;
    if (!isEqual(known, step)) replaced.set(id, step);
  }
  if (replaced.size === 0) return before;
  const steps = new Map(before.steps);
  for (const [id, step] of replaced) steps.set(id, step);
  return { ...before, steps, file: { ...before.file, steps: [...steps.values()] } };
}

function shareAll<Item extends { id: string }>(items: readonly Item[], before: ReadonlyMap<string, Item>) {
  const next = new Map<string, Item>();
  let changed = items.length !== before.size;
  for (const item of items) {
    const known = before.get(item.id);
    const kept = known !== undefined && isEqual(known, item) ? known : item;
    if (kept !== known) changed = true;
    next.set(item.id, kept);
  }
  return changed ? next : before;
}

/** Whether two JSON values are the same. */
export function isEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(other, key) &&
      isEqual((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]),
  );
}
