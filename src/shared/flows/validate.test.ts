import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlowFile } from '../model/flow.ts';
import { whetherFits } from './connect.ts';
import { anyFile, edge, flow, step } from './flow-file.fixture.ts';
import { fieldsOf } from './form.ts';
import { readGraph } from './graph.ts';
import { migrateFile } from './migrate.ts';
import { normalFile } from './normal-form.ts';
import { pictureOf } from './picture.ts';
import { stepTypes } from './registry.ts';
import { templateNames } from './template-names.ts';
import { assignable, coerce, mismatch, typeInWords } from './types.ts';
import { createFlowCheck, refusal, validateFlow } from './validate.ts';

const codes = (file: FlowFile) => validateFlow(file).map(({ code }) => code);
const image = { fileId: 'file-1', name: 'a.png', mime: 'image/png', size: 3, sha256: 'a'.repeat(64) };

/** The shape of the sample: images → Map(read text → code) → table. */
const receipts = flow(
  [
    step('pages', 'input', { name: 'pages', type: 'list<image>', value: [image] }),
    step('each', 'map'),
    step('read', 'read_text', {}, 'each'),
    step('totals', 'code', { inputs: [{ name: 'text' }, { name: 'place', value: '{{ index }}' }] }, 'each'),
    step('table', 'output', { name: 'totals', view: 'table' }),
  ],
  [
    'pages.value > each.items',
    'each.item > read.image',
    'read.text > totals.text',
    'totals.result > each.result',
    'each.results > table.value',
  ],
);

describe('a flow that may run', () => {
  it('has no findings, and its types follow the edges', () => {
    expect(validateFlow(receipts)).toEqual([]);
    const graph = readGraph(normalFile(receipts));
    expect(graph.steps.get('each')?.ports).toMatchObject({
      innerOutputs: [
        { name: 'item', type: 'image' },
        { name: 'index', type: 'number' },
      ],
      outputs: [{ name: 'results', type: 'list<any>' }],
    });
    expect(refusal(validateFlow(receipts))).toBeNull();
  });
});

describe('what is wrong is said where it is', () => {
  it.each<[string, FlowFile, object]>([
    ['an unknown type', flow([step('a', 'teleport')]), { code: 'step_type_unknown', stepId: 'a' }],
    ['nothing at all', flow([]), { code: 'flow_empty' }],
    [
      'an input that nothing leads to',
      flow([step('a', 'output')]),
      { code: 'input_missing', stepId: 'a', field: 'value' },
    ],
    [
      'an edge into the void',
      flow([step('a', 'template', { inputs: [] })], ['a.text > b.value']),
      { code: 'edge_wrong', edgeId: 'a.text>b.value' },
    ],
    [
      'a port that is not there',
      flow([step('a', 'template', { inputs: [] }), step('b', 'output')], ['a.nope > b.value']),
      { code: 'edge_wrong', message: 'a has no output "nope"' },
    ],
    [
      'a type that does not fit',
      flow([step('a', 'template', { inputs: [] }), step('b', 'read_text')], ['a.text > b.image']),
      { code: 'edge_wrong', message: 'This gives a text; an image is needed.' },
    ],
    [
      'an edge across the border of a Map',
      flow(
        [step('a', 'template', { inputs: [] }), step('m', 'map'), step('b', 'output', {}, 'm')],
        ['a.text > b.value'],
      ),
      { code: 'edge_wrong', message: 'An edge crosses the border of a Map only through its ports' },
    ],
    [
      'a template that cannot be read',
      flow([step('a', 'template', { text: '{{ x |' })]),
      { code: 'template_wrong', field: 'text', at: 6 },
    ],
    [
      'a name that is not there',
      flow([step('a', 'template', { text: '{{ inputs.x }}' })]),
      { code: 'template_name_unknown', at: 3 },
    ],
    [
      'item outside a Map',
      flow([step('a', 'template', { text: '{{ item }}' })]),
      { message: '"item" is there only inside a Map' },
    ],
    [
      'a step inside a Map named from outside',
      flow([step('m', 'map'), step('t', 'template', {}, 'm'), step('a', 'template', { text: '{{ steps.t.text }}' })]),
      { message: '"t" stands inside a Map; outside, only the Map\'s results are there' },
    ],
    [
      'settings of the wrong form',
      flow([step('m', 'map', { concurrency: 0 })]),
      { code: 'settings_wrong', stepId: 'm', field: 'concurrency' },
    ],
    [
      'two inputs of one name',
      flow([step('a', 'input', { name: 'x' }), step('b', 'input', { name: 'x' })]),
      { code: 'name_twice', stepId: 'b' },
    ],
    [
      'an Output inside a Map',
      flow([step('m', 'map'), step('o', 'output', {}, 'm')]),
      { code: 'only_at_top', stepId: 'o' },
    ],
    [
      'a step inside one that holds none',
      flow([step('a', 'template'), step('b', 'template', {}, 'a')]),
      { code: 'parent_wrong', stepId: 'b' },
    ],
    ['a step inside itself', flow([step('m', 'map', {}, 'm')]), { code: 'parent_wrong', stepId: 'm' }],
    [
      'two edges to one input',
      flow(
        [step('a', 'template', { inputs: [] }), step('b', 'template', { inputs: [] }), step('o', 'output')],
        ['a.text > o.value', 'b.text > o.value'],
      ),
      { code: 'input_taken', stepId: 'o' },
    ],
  ])('%s', (_title, file, expected) => {
    expect(validateFlow(file)).toContainEqual(expect.objectContaining(expected));
  });

  it('a circle through edges names its steps, and not what comes after it', () => {
    const file = flow(
      [step('a', 'template', { inputs: [{ name: 'value' }] }), step('b', 'template'), step('o', 'output')],
      ['a.text > b.value', 'b.text > a.value', 'b.text > o.value'],
    );
    const circle = validateFlow(file).filter(({ code }) => code === 'flow_cyclic');
    expect(circle.map(({ stepId }) => stepId)).toEqual(['a', 'b']);
    expect(refusal(validateFlow(file))).toMatchObject({
      code: 'flow_cyclic',
      errors: [{ path: 'steps/a' }, { path: 'steps/b' }],
    });
  });

  it('a circle through templates is found, also from inside a Map', () => {
    const file = flow(
      [
        step('a', 'template', { text: '{{ steps.m.results }}', inputs: [] }),
        step('m', 'map', { items: '{{ inputs.x }}' }),
        step('x', 'input', { type: 'list<text>', value: [] }),
        step('inner', 'template', { text: '{{ steps.a.text }}', inputs: [] }, 'm'),
      ],
      ['inner.text > m.result'],
    );
    expect(codes(file).filter((code) => code === 'flow_cyclic')).toHaveLength(2);
  });

  it('S10: any well-formed file gives findings rather than an error, and any value a refusal with a code', () => {
    void fc.assert(fc.property(anyFile, (file) => void validateFlow(file)));
    void fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => migrateFile(value)).toThrow(
          expect.objectContaining({ code: expect.stringMatching(/^flow_/) }) as Error,
        );
        expect(validateFlow(value as never)[0]?.code).toBe('form');
      }),
    );
  });

  it('S10: a line of 5,000 steps and a wide circle are checked without trouble', () => {
    const steps = Array.from({ length: 5000 }, (_, index) => step(`s${index}`, 'if'));
    const edges = steps.slice(1).map((_, index) => `s${index}.yes > s${index + 1}.value`);
    expect(codes(flow(steps, edges))).toEqual(['input_missing']);
    expect(
      codes(flow(steps, [...edges, 's4999.yes > s0.value'])).filter((code) => code === 'flow_cyclic'),
    ).toHaveLength(500);
  });
});

describe('connecting while dragging', () => {
  const graph = readGraph(normalFile(receipts));
  const fits = (text: string) => {
    const { from, to } = edge(text);
    return whetherFits(graph, from, to);
  };

  it('allows what fits, and says why not', () => {
    expect(fits('pages.value > totals.place')).toMatchObject({ fits: false, reason: /border of a Map/ });
    expect(fits('read.lines > totals.place')).toEqual({ fits: true });
    expect(fits('read.text > totals.text')).toMatchObject({ reason: /connected already/ });
    expect(fits('each.index > totals.text')).toMatchObject({ reason: /Merge/ });
    expect(fits('each.index > read.image')).toMatchObject({ reason: 'This gives a number; an image is needed.' });
  });

  it('refuses circles', () => {
    const line = readGraph(normalFile(flow([step('a', 'template'), step('b', 'template')], ['a.text > b.value'])));
    expect(whetherFits(line, { step: 'b', port: 'text' }, { step: 'a', port: 'value' })).toMatchObject({
      reason: 'The flow would go in a circle',
    });
    expect(whetherFits(line, { step: 'a', port: 'text' }, { step: 'a', port: 'value' })).toMatchObject({ fits: false });
  });
});

describe('names for templates', () => {
  it('are what can be there before the step', () => {
    const names = templateNames(readGraph(normalFile(receipts)), 'totals').map(({ path }) => path);
    expect(names).toEqual(['text', 'place', 'item', 'index', 'inputs.pages', 'steps.read.text', 'steps.read.lines']);
    expect(templateNames(readGraph(normalFile(receipts)), 'table').map(({ path }) => path)).toContain(
      'steps.each.results',
    );
  });
});

describe('types', () => {
  it.each([
    ['image', 'file', true],
    ['file', 'image', false],
    ['list<image>', 'list<file>', true],
    ['list<image>', 'image', false],
    ['text', 'list<text>', false],
    ['number', 'text', true],
    ['text', 'number', false],
    ['json', 'text', false],
    ['list<text>', 'json', true],
    ['stream<text>', 'text', true],
    ['any', 'list<image>', true],
    ['embedding', 'list<number>', true],
  ] as const)('%s to %s: %s', (from, to, fits) => {
    expect(assignable(from, to).fits).toBe(fits);
  });

  it('values are checked and said in words', () => {
    expect(mismatch('list<image>', [image, { ...image, mime: 'text/plain' }])).toBe('item 2: an image is needed');
    expect(mismatch('list<number>', [1, 2])).toBeNull();
    expect(coerce('number', '5')).toBe(5);
    expect(coerce('list<text>', '["a"]')).toEqual(['a']);
    expect(coerce('number', 'five')).toBe('five');
    expect(typeInWords('list<image>')).toBe('a list of images');
  });
});

describe('the registry', () => {
  /** What a fresh step asks for, since nobody can guess it. */
  const toChoose: Readonly<Record<string, readonly string[]>> = {
    sub_flow: ['flowId'],
    agent: ['model'],
    chat: ['model'],
    extract: ['model'],
    classify: ['model'],
    embed: ['model'],
    http_request: ['url'],
  };

  it.each(stepTypes.map((one) => [one.type, one] as const))(
    '%s: its defaults fit its form, and it says what it does',
    (_name, type) => {
      const findings = validateFlow(flow([step('a', type.type)])).filter(({ code }) => code === 'settings_wrong');
      expect(findings.map(({ field }) => field)).toEqual(toChoose[type.type] ?? []);
      expect(type.describe(type.defaults)).toEqual(expect.any(String));
      for (const field of fieldsOf(type.config)) expect(field.title).not.toBe(field.name);
    },
  );
});

it('a picture has a box for each step, at its place on the canvas', () => {
  const file = flow(
    [
      { ...step('m', 'map'), position: { x: 100, y: 50 } },
      { ...step('t', 'template', {}, 'm'), position: { x: 10, y: 20 } },
    ],
    ['m.item > t.value'],
  );
  expect(pictureOf(file)).toEqual({
    boxes: [
      { id: 'm', x: 100, y: 50, width: 304, height: 240 },
      { id: 't', x: 110, y: 70, width: 208, height: 92 },
    ],
    lines: [{ from: 0, to: 1 }],
  });
});

it('a check that remembers finds the same after any change as one that looks at everything', () => {
  void fc.assert(
    fc.property(
      fc.array(anyFile, { minLength: 1, maxLength: 4 }),
      fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
      (files, kept) => {
        let asked = 0;
        const check = createFlowCheck();
        let before: FlowFile | undefined;
        for (const file of files) {
          // Some parts of the file before stay the same objects, as in the builder.
          const steps = file.steps.map(
            (one) => before?.steps.find((old) => kept[asked++ % kept.length] === true && old.id === one.id) ?? one,
          );
          const next = { ...file, steps };
          expect(check(next)).toEqual(validateFlow(next));
          before = next;
        }
      },
    ),
  );
});
