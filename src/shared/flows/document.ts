/**
 * A flow as a Yjs document, the source of truth while people edit it (data.md, Flow documents).
 *
 *   flow      Y.Map   schema, name, description
 *   settings  Y.Map   name → JSON
 *   steps     Y.Map   id → Y.Map { type, name, parent?, position, size?, policy?, placement?, config: Y.Map }
 *   edges     Y.Map   id → { from, to }
 *   notes     Y.Map   id → Y.Map { text: Y.Text, position, size }
 *   groups    Y.Map   id → Y.Map { name, steps: Y.Map id → true }
 *
 * Fields of the settings are merged one by one, the last writer wins; long text (form.ts, isLongText) is a Y.Text, so
 * that two people who type in it at once lose nothing. Ids are made unique by their makers, so that two steps added at
 * once are two steps. What hangs in the air after a merge (an edge whose step somebody removed) stays in the document, for
 * undo may bring the step back, but is not part of the file.
 */
import { Equal } from 'typebox/value';
import { type Doc, Map as YMap, Text as YText } from 'yjs';
import {
  type FlowEdge,
  type FlowFile,
  type FlowGroup,
  type FlowNote,
  type FlowStep,
  flowSchemaId,
} from '../model/flow.ts';
import { fieldsOf, isLongText } from './form.ts';
import { normalFile } from './normal-form.ts';
import { stepType } from './registry.ts';
import { replaceText } from './text-diff.ts';

export type Fields = YMap<unknown>;
const roots = ['flow', 'settings', 'steps', 'edges', 'notes', 'groups'] as const;
type Root = (typeof roots)[number];

export function rootOf(doc: Doc, root: Root): Fields {
  return doc.getMap(root);
}
/** All parts of the document, for an undo manager. */
export function allRoots(doc: Doc): Fields[] {
  return roots.map((root) => rootOf(doc, root));
}

// ---- reading ----

/** The plain form of a document, in its normal form (normal-form.ts). Whatever in the document is not well formed is left out. */
export function toFile(doc: Doc): FlowFile {
  const about = rootOf(doc, 'flow');
  const description = about.get('description');
  return normalFile({
    schema: flowSchemaId,
    name: textOr(about.get('name'), 'Untitled flow'),
    ...(typeof description === 'string' && description !== '' ? { description } : {}),
    steps: entries(rootOf(doc, 'steps'), readStep),
    edges: entries(rootOf(doc, 'edges'), readEdge),
    notes: entries(rootOf(doc, 'notes'), readNote),
    groups: entries(rootOf(doc, 'groups'), readGroup),
    settings: Object.fromEntries(rootOf(doc, 'settings').entries()),
  });
}

function entries<Item>(fields: Fields, read: (id: string, value: unknown) => Item | null): Item[] {
  const items: Item[] = [];
  for (const [id, value] of fields.entries()) {
    const item = read(id, value);
    if (item !== null) items.push(item);
  }
  return items;
}

const stepIdPattern = /^[a-z][a-z0-9_]{0,59}$/;

/** One step of the document in plain form; null if it is not well formed. */
export function readStep(id: string, value: unknown): FlowStep | null {
  if (!(value instanceof YMap) || !stepIdPattern.test(id)) return null;
  const type = value.get('type');
  const position = readPosition(value.get('position'));
  if (typeof type !== 'string' || position === null) return null;
  const config = value.get('config');
  const step: FlowStep = {
    id,
    type,
    name: textOr(value.get('name'), stepType(type)?.name ?? type),
    position,
    config: config instanceof YMap ? readConfig(config) : {},
  };
  return Object.assign(step, optional(value, 'parent', isText), optional(value, 'size', isObject), {
    ...optional(value, 'policy', isObject),
    ...optional(value, 'placement', isObject),
  });
}

function optional(fields: Fields, name: string, test: (value: unknown) => boolean): object {
  const value = fields.get(name);
  return test(value) ? { [name]: value } : {};
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';
const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value.trim() !== '' ? value : otherwise;
}

function readConfig(config: Fields): Record<string, unknown> {
  return Object.fromEntries(
    [...config.entries()].map(([name, value]) => [name, value instanceof YText ? value.toString() : value]),
  );
}

function readPosition(value: unknown): { x: number; y: number } | null {
  const { x, y } = (value ?? {}) as { x?: unknown; y?: unknown };
  return Number.isFinite(x) && Number.isFinite(y) ? { x: Number(x), y: Number(y) } : null;
}

function readEdge(id: string, value: unknown): FlowEdge | null {
  const { from, to } = (value ?? {}) as Partial<FlowEdge>;
  return isEnd(from) && isEnd(to) ? { id, from, to } : null;
}

function isEnd(end: unknown): end is FlowEdge['from'] {
  const { step, port } = (end ?? {}) as { step?: unknown; port?: unknown };
  return typeof step === 'string' && typeof port === 'string';
}

function readNote(id: string, value: unknown): FlowNote | null {
  if (!(value instanceof YMap)) return null;
  const position = readPosition(value.get('position'));
  const size = value.get('size');
  const text = value.get('text');
  if (position === null || !isObject(size) || !(text instanceof YText)) return null;
  return { id, text: text.toString(), position, size: size as FlowNote['size'] };
}

function readGroup(id: string, value: unknown): FlowGroup | null {
  if (!(value instanceof YMap)) return null;
  const steps = value.get('steps');
  const name = value.get('name');
  return { id, name: typeof name === 'string' ? name : '', steps: steps instanceof YMap ? [...steps.keys()] : [] };
}

// ---- writing ----

/**
 * Makes the document say what the file says, by as few changes as that takes, in one transaction with this origin:
 * `toFile(applyFile(doc, file))` is the file in its normal form.
 */
export function applyFile(doc: Doc, file: FlowFile, origin: unknown = null): Doc {
  const wanted = normalFile(file);
  doc.transact(() => {
    setField(rootOf(doc, 'flow'), 'schema', wanted.schema);
    setField(rootOf(doc, 'flow'), 'name', wanted.name);
    setField(rootOf(doc, 'flow'), 'description', wanted.description);
    applyPlain(rootOf(doc, 'settings'), wanted.settings);
    applyAll(rootOf(doc, 'steps'), wanted.steps, writeStep);
    applyPlain(rootOf(doc, 'edges'), Object.fromEntries(wanted.edges.map(({ id, from, to }) => [id, { from, to }])));
    applyAll(rootOf(doc, 'notes'), wanted.notes, writeNote);
    applyAll(rootOf(doc, 'groups'), wanted.groups, writeGroup);
  }, origin);
  return doc;
}

/** Sets a field where it differs; undefined removes it. */
export function setField(fields: Fields, name: string, value: unknown): void {
  if (value === undefined) {
    if (fields.has(name)) fields.delete(name);
  } else if (!fields.has(name) || !Equal(fields.get(name), value)) fields.set(name, value);
}

function applyPlain(fields: Fields, wanted: Readonly<Record<string, unknown>>): void {
  for (const name of [...fields.keys()]) if (!Object.hasOwn(wanted, name)) fields.delete(name);
  for (const [name, value] of Object.entries(wanted)) setField(fields, name, value);
}

function applyAll<Item extends { readonly id: string }>(
  fields: Fields,
  wanted: readonly Item[],
  write: (target: Fields, item: Item) => void,
): void {
  const ids = new Set(wanted.map(({ id }) => id));
  for (const id of [...fields.keys()]) if (!ids.has(id)) fields.delete(id);
  for (const item of wanted) write(childMap(fields, item.id), item);
}

function childMap(fields: Fields, name: string): Fields {
  const present = fields.get(name);
  if (present instanceof YMap) return present;
  const made: Fields = new YMap();
  fields.set(name, made);
  return made;
}

export function writeStep(target: Fields, step: FlowStep): void {
  for (const name of ['type', 'name', 'parent', 'position', 'size', 'policy', 'placement'] as const)
    setField(target, name, step[name]);
  const config = childMap(target, 'config');
  for (const name of [...config.keys()]) if (!Object.hasOwn(step.config, name)) config.delete(name);
  const long = longTexts(step.type);
  for (const [name, value] of Object.entries(step.config)) setConfigField(config, name, value, long.has(name));
}

/** Sets one field of a step's settings; long text by what changed in it. */
export function setConfigField(config: Fields, name: string, value: unknown, long: boolean): void {
  if (long && typeof value === 'string') replaceText(childText(config, name), value);
  else setField(config, name, value);
}

function childText(fields: Fields, name: string): YText {
  const present = fields.get(name);
  if (present instanceof YText) return present;
  const made = new YText();
  fields.set(name, made);
  return made;
}

/** The fields of a step type that are long text. */
export function longTexts(type: string): ReadonlySet<string> {
  const known = stepType(type);
  return new Set(
    known === null
      ? []
      : fieldsOf(known.config)
          .filter(isLongText)
          .map(({ name }) => name),
  );
}

export function writeNote(target: Fields, note: FlowNote): void {
  setField(target, 'position', note.position);
  setField(target, 'size', note.size);
  replaceText(childText(target, 'text'), note.text);
}

export function writeGroup(target: Fields, group: FlowGroup): void {
  setField(target, 'name', group.name);
  applyPlain(childMap(target, 'steps'), Object.fromEntries(group.steps.map((id) => [id, true])));
}
