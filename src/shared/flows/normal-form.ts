/**
 * The normal form of a flow file: everything in the order of its id, nothing that hangs in the air, long text never absent.
 * Two files with the same normal form are the same flow.
 */
import type { FlowEdge, FlowFile, FlowStep } from '../model/flow.ts';
import { fieldsOf, isLongText } from './form.ts';
import { stepType } from './registry.ts';

export function normalFile(file: FlowFile): FlowFile {
  const steps = new Map(file.steps.map((step) => [step.id, step]));
  const loose = parentsToDrop(steps);
  return {
    ...file,
    settings: carried(file.settings),
    steps: byId([...steps.values()]).map((step) => carried(normalStep(step, loose))),
    edges: byId(unique(file.edges)).filter((edge) => hasBothEnds(edge, steps)),
    notes: byId(unique(file.notes)),
    groups: byId(unique(file.groups)).map((group) => ({
      ...group,
      steps: [...new Set(group.steps)].filter((id) => steps.has(id)).sort(),
    })),
  };
}

function byId<Item extends { readonly id: string }>(items: readonly Item[]): Item[] {
  return items.toSorted((left, right) => (left.id < right.id ? -1 : Number(left.id > right.id)));
}

/** Where an id comes twice, the later one counts. */
function unique<Item extends { readonly id: string }>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}

function hasBothEnds({ from, to }: FlowEdge, steps: ReadonlyMap<string, FlowStep>): boolean {
  return steps.has(from.step) && steps.has(to.step);
}

function normalStep(step: FlowStep, loose: ReadonlySet<string>): FlowStep {
  const { parent, config, ...rest } = step;
  const kept = parent === undefined || loose.has(step.id) ? {} : { parent };
  return { ...rest, ...kept, config: normalConfig(step.type, config) };
}

function normalConfig(type: string, config: FlowStep['config']): FlowStep['config'] {
  const known = stepType(type);
  const absent =
    known === null ? [] : fieldsOf(known.config).filter((f) => isLongText(f) && config[f.name] === undefined);
  if (absent.length === 0 && !Object.values(config).includes(undefined)) return config;
  const set = Object.entries(config).filter(([, value]) => value !== undefined);
  return Object.fromEntries([...set, ...absent.map(({ name }) => [name, startOf(known?.defaults[name])] as const)]);
}

/**
 * A value without keys `__proto__`, at any depth: a document loses them on its way to others (they are set, not defined, where
 * it is read), so nobody may hold one. The same object where there is none.
 */
function carried<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map(carried);
    return items.some((item, index) => item !== value[index]) ? (items as Value) : value;
  }
  const before = Object.entries(value);
  const after = before.filter(([name]) => name !== '__proto__').map(([name, inner]) => [name, carried(inner)] as const);
  const same = after.length === before.length && after.every(([, inner], index) => inner === before[index]?.[1]);
  return same ? value : (Object.fromEntries(after) as Value);
}

const startOf = (value: unknown) => (typeof value === 'string' ? value : '');

/**
 * Steps whose parent is not there, and of every circle of parents (two people put two Maps into each other at once) the
 * one with the smallest id.
 */
function parentsToDrop(steps: ReadonlyMap<string, FlowStep>): Set<string> {
  const drop = new Set<string>();
  const cleared = new Set<string>();
  for (const start of [...steps.keys()].sort()) {
    const way: string[] = [];
    let at: string | undefined = start;
    while (at !== undefined && !cleared.has(at)) {
      const circle = way.indexOf(at);
      if (circle >= 0) {
        drop.add(way.slice(circle).sort()[0] ?? at);
        break;
      }
      way.push(at);
      const parent: string | undefined = steps.get(at)?.parent;
      if (parent !== undefined && !steps.has(parent)) drop.add(at);
      at = drop.has(at) ? undefined : parent;
    }
    for (const id of way) cleared.add(id);
  }
  return drop;
}
