/** Flow files for tests: made by hand in a few words, or by fast-check. */
import * as fc from 'fast-check';
import { type FlowEdge, type FlowFile, type FlowStep, flowSchemaId } from '../model/flow.ts';
import { edgeId } from './edit.ts';
import { stepType, stepTypes } from './registry.ts';

export function step(id: string, type: string, config: Record<string, unknown> = {}, parent?: string): FlowStep {
  return {
    id,
    type,
    name: id,
    position: { x: 0, y: 0 },
    config: { ...structuredClone(stepType(type)?.defaults ?? {}), ...config },
    ...(parent === undefined ? {} : { parent }),
  };
}

/** An edge written as `fetch.body > map.items`. */
export function edge(text: string): FlowEdge {
  const [from, to] = text.split('>').map((end) => {
    const [id, port] = end.trim().split('.');
    return { step: id ?? '', port: port ?? '' };
  });
  if (from === undefined || to === undefined) throw new TypeError(text);
  return { id: edgeId(from, to), from, to };
}

export function flow(steps: FlowStep[], edges: string[] = [], more: Partial<FlowFile> = {}): FlowFile {
  return {
    schema: flowSchemaId,
    name: 'Test',
    steps,
    edges: edges.map(edge),
    groups: [],
    notes: [],
    settings: {},
    ...more,
  };
}

const id = fc.constantFrom('a', 'b', 'c', 'd_1', 'e_22', 'f');
const json = fc.jsonValue({ maxDepth: 2 }).filter((value) => !hasMinusZero(value));
const position = fc.record({ x: fc.integer({ min: -5000, max: 5000 }), y: fc.integer({ min: -5000, max: 5000 }) });
const size = fc.record({ width: fc.integer({ min: 1, max: 900 }), height: fc.integer({ min: 1, max: 900 }) });
const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== '');

/** JSON has no −0; a document gives back 0. */
function hasMinusZero(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(hasMinusZero);
  return Object.is(value, -0);
}

const anyStep: fc.Arbitrary<FlowStep> = fc
  .record(
    {
      id,
      type: fc.constantFrom(...stepTypes.map(({ type }) => type), 'from_the_future'),
      name: words,
      parent: id,
      position,
      size,
      config: fc.dictionary(
        fc.constantFrom('text', 'source', 'name', 'inputs', 'value', 'other'),
        fc.oneof(json, fc.string({ unit: 'grapheme' })),
      ),
      policy: fc.record({ attempts: fc.integer({ min: 1, max: 20 }) }),
    },
    { requiredKeys: ['id', 'type', 'name', 'position', 'config'] },
  )
  .map((one) => ({ ...one, config: { ...one.config } }) as FlowStep);

const end = fc.record({ step: id, port: fc.constantFrom('value', 'items', 'result') });

/** Any well-formed file, whether it makes sense or not. */
export const anyFile: fc.Arbitrary<FlowFile> = fc
  .record({
    name: words,
    description: fc.option(words, { nil: undefined }),
    steps: fc.uniqueArray(anyStep, { selector: (one) => one.id }),
    edges: fc.uniqueArray(fc.record({ id: words, from: end, to: end }), { selector: (one) => one.id }),
    notes: fc.uniqueArray(fc.record({ id, text: fc.string({ unit: 'grapheme' }), position, size }), {
      selector: (one) => one.id,
    }),
    groups: fc.uniqueArray(fc.record({ id, name: fc.string(), steps: fc.uniqueArray(id) }), {
      selector: (one) => one.id,
    }),
    settings: fc.dictionary(fc.constantFrom('one', 'two'), json),
  })
  .map(({ description, ...file }) => {
    const whole = { schema: flowSchemaId, ...file, ...(description === undefined ? {} : { description }) };
    return JSON.parse(JSON.stringify(whole)) as FlowFile;
  });
