import { describe, expect, it } from 'vitest';
import { stepType } from '../registry.ts';
import { type InlineStep, type JobStep, portsFrom } from '../step-type.ts';

const context = { stepId: 's', runInputs: {}, startedAt: 1_800_000_000_000 };
const run = (type: string, inputs: object, config: object, runInputs: object = {}) => {
  const known = stepType(type) as InlineStep;
  return known.run({ ...context, runInputs: { ...runInputs } }, { ...inputs }, { ...known.defaults, ...config });
};
const transform = (value: unknown, ...operations: object[]) => run('transform', { value }, { operations })['value'];
const rows = [
  { name: 'b', total: '10', tags: ['x'] },
  { name: 'a', total: '9', tags: ['y', 'z'] },
];

describe('F10: steps that need no machine', () => {
  it('Input gives what the run was given, else what is typed in', () => {
    expect(run('input', {}, { name: 'topic', value: 'bees' })).toEqual({ value: 'bees' });
    expect(run('input', {}, { name: 'topic', value: 'bees' }, { topic: 'ants' })).toEqual({ value: 'ants' });
    expect(() => run('input', {}, { name: 'n', type: 'number', value: undefined })).toThrow(/no value/);
    expect(() => run('input', {}, { name: 'n', type: 'number', value: 'x' })).toThrow(/a number is needed/);
  });

  it.each([
    ['a', 'is', 'a', 'yes'],
    [5, 'is', '5', 'yes'],
    ['abc', 'contains', 'b', 'yes'],
    [['a', 'b'], 'contains', 'b', 'yes'],
    [10, 'more', '9', 'yes'],
    ['10', 'more', '9', 'yes'],
    ['b', 'less', 'a', 'no'],
    ['', 'empty', '', 'yes'],
    [{}, 'not_empty', '', 'no'],
    [false, 'false', '', 'yes'],
    ['abc', 'ends_with', 'c', 'yes'],
    [3, 'at_most', 3, 'yes'],
    ['a', 'not_contains', 'a', 'no'],
  ])('If: %j %s %j goes to %s', (value, is, other, way) => {
    expect(run('if', { value }, { is, value: other })).toEqual({ [way]: value });
  });

  it('If looks at a field; the value goes on whole', () => {
    expect(run('if', { value: rows[0] }, { field: 'tags[0]', is: 'is', value: 'x' })).toEqual({ yes: rows[0] });
  });

  it('Merge gives a list, the first, or an object by step', () => {
    const values = [
      { step: 'a', port: 'x', value: 1 },
      { step: 'b', port: 'x', value: 2 },
      { step: 'b', port: 'y', value: 3 },
    ];
    expect(run('merge', { values }, {})).toEqual({ value: [1, 2, 3] });
    expect(run('merge', { values }, { mode: 'first' })).toEqual({ value: 1 });
    expect(run('merge', { values }, { mode: 'object' })).toEqual({ value: { a: 1, 'b.x': 2, 'b.y': 3 } });
  });

  it('Transform does one operation after the other', () => {
    expect(transform(rows, { do: 'sort', field: 'total' }, { do: 'pick', field: 'name' })).toEqual(['a', 'b']);
    expect(
      transform(
        rows,
        { do: 'sort', field: 'name', value: 'down' },
        { do: 'limit', value: 1 },
        { do: 'pick', field: 'name, tags' },
      ),
    ).toEqual([{ name: 'b', tags: ['x'] }]);
    expect(transform(rows, { do: 'filter', field: 'total', is: 'more', value: 9 }, { do: 'count' })).toBe(1);
    expect(transform(rows, { do: 'pick', field: 'tags' }, { do: 'flatten' }, { do: 'join', value: '-' })).toBe('x-y-z');
    expect(transform('a\nb', { do: 'split', value: '\\n' })).toEqual(['a', 'b']);
    expect(transform(rows[0], { do: 'rename', field: 'name', value: 'title' })).toEqual({
      title: 'b',
      total: '10',
      tags: ['x'],
    });
    expect(() => transform('text', { do: 'sort' })).toThrow(/a list is needed/);
    expect(() => transform(1, { do: 'evaluate' })).toThrow(/no operation/);
  });
});

describe('F10: steps that become jobs', () => {
  it('Read text in image hands over the image and takes text and lines', () => {
    const ocr = stepType('read_text') as JobStep;
    const image = { fileId: 'file-1', name: 'a.png', mime: 'image/png', size: 3, sha256: 'a'.repeat(64) };
    expect(ocr.job({}, { image }, { ...context, name: 'Read' })).toMatchObject({
      kind: 'ocr',
      input: { image },
      label: 'Read text in a.png',
    });
    expect(() => ocr.job({}, { image: 'a.png' }, { ...context, name: 'Read' })).toThrow(/an image is needed/);
    expect(ocr.fromResult({ text: 'Hi', lines: [{ text: 'Hi' }] }, {})).toEqual({
      text: 'Hi',
      lines: [{ text: 'Hi' }],
    });
    expect(() => ocr.fromResult({ words: 1 }, {})).toThrow(/something other/);
  });

  it('Code hands over its source and its inputs by name', () => {
    const code = stepType('code') as JobStep;
    const config = { ...code.defaults, source: 'export default () => 1' };
    expect(code.job(config, { value: 2 }, { ...context, name: 'Totals' })).toMatchObject({
      kind: 'script',
      input: { source: 'export default () => 1', language: 'typescript', input: { value: 2 } },
      label: 'Totals',
    });
    expect(code.fromResult(undefined, config)).toEqual({ result: null });
    expect(code.describe(config)).toBe('TypeScript, 1 line');
  });
});

it('settings that a file leaves out are those of the type', () => {
  const context_ = { ...context, name: 'Code' };
  const [code, map] = [stepType('code') as JobStep, stepType('map')];
  expect(code.job({ source: 'x' }, {}, context_).requires.ramMb).toBe(256);
  expect(portsFrom(code.inputs, { source: 'x' }).map(({ name }) => name)).toEqual(['value']);
  expect(map?.executes === 'container' && map.limits({})).toEqual({ concurrency: 64, onItemError: 'fail' });
  expect((stepType('input') as InlineStep).run(context, {}, { value: 'a' })).toEqual({ value: 'a' });
});
