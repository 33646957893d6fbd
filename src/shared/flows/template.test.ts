import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dig, readTemplate, renderText, renderValue, usesOf } from './template.ts';
import { completions } from './template-completions.ts';
import { TemplateError } from './template-parse.ts';

const values = {
  inputs: { topic: 'bees', tags: ['a', 'b'], price: 12.345, when: 1_700_000_000_000, odd: { 'a key': 1 } },
  steps: { fetch: { body: { title: 'Hi', lines: [{ text: 'one' }, { text: 'two' }] } } },
  item: 'x',
  nothing: null,
};
const lookup = (segments: readonly (string | number)[]) => dig(values, segments);
const text = (source: string) => renderText(readTemplate(source), lookup);

describe('templates', () => {
  it.each([
    ['Hello {{ inputs.topic }}!', 'Hello bees!'],
    ['{{inputs.topic|upper}}', 'BEES'],
    ['{{ steps.fetch.body.lines[1].text }}', 'two'],
    ['{{ steps.fetch.body.lines | first | json }}', '{\n  "text": "one"\n}'],
    ['{{ inputs.tags | join: "; " }}', 'a; b'],
    ['{{ inputs.missing | default: "none" | upper }}', 'NONE'],
    ['{{ inputs.price | round: 1 }}', '12.3'],
    ['{{ inputs.when | date: "DD.MM.YYYY HH:mm" }}', '14.11.2023 22:13'],
    ['{{ inputs.odd["a key"] }}', '1'],
    ['{{ inputs.tags | length }} {{ inputs.tags | last }}', '2 b'],
    ['{{ "{{ }}" }}', '{{ }}'],
    ['{{ nothing }}|{{ true }}|{{ -1.5 }}', '|true|-1.5'],
    ['{{ inputs.topic | replace: "e", "o" | slice: 0, 3 }}', 'boo'],
    ['{{ inputs.tags }}', '["a","b"]'],
    ['no braces }} { here', 'no braces }} { here'],
  ])('%s gives %s', (source, expected) => expect(text(source)).toBe(expected));

  it.each([
    ['a {{ inputs. }}', 'template_syntax', 12],
    ['{{ }}', 'template_syntax', 0],
    ['{{ inputs.topic', 'template_syntax', 15],
    ['{{ inputs.topic | shout }}', 'template_filter_unknown', 18],
    ['{{ inputs.topic | split }}', 'template_syntax', 18],
    ['{{ "open }}', 'template_syntax', 3],
    ['{{ inputs.missing }}', 'template_value', 3],
    ['{{ inputs.topic | round }}', 'template_value', 18],
    ['{{ inputs.topic topic }}', 'template_syntax', 16],
    ['{{ inputs.constructor }}', 'template_value', 3],
    ['{{ inputs["__proto__"] }}', 'template_value', 3],
  ])('%s is refused as %s at %i', (source, code, at) => {
    expect(() => text(source)).toThrow(expect.objectContaining({ code, at }) as Error);
  });

  it('a template that is one name and nothing else gives the value itself', () => {
    expect(renderValue(readTemplate(' {{ inputs.tags }} '), lookup)).toEqual(['a', 'b']);
    expect(renderValue(readTemplate('{{ inputs.tags }}!'), lookup)).toBe('["a","b"]!');
  });

  it('knows what it uses, and what may be absent', () => {
    expect(
      usesOf(readTemplate('{{ a.b | default: c }} {{ d }}')).map((use) => [use.segments.join('.'), use.optional]),
    ).toEqual([
      ['a.b', true],
      ['c', false],
      ['d', false],
    ]);
  });

  it('S10: any text is read or refused with a place in it, and text without braces stays as it is', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('{{', '}}', '|', ':', ',', '.', '[', ']', '"', "'", '\\', 'a', '1', ' ', '-', 'é'),
    });
    void fc.assert(
      fc.property(nasty, (source) => {
        try {
          const template = readTemplate(source);
          if (!source.includes('{{')) expect(renderText(template, lookup)).toBe(source);
        } catch (error) {
          if (!(error instanceof TemplateError)) throw error;
          expect(error.at).toBeLessThanOrEqual(source.length);
        }
      }),
    );
  });

  it('S10: a text of a megabyte of openings is read in linear time', () => {
    const source = `${'{{ a.b }} '.repeat(100_000)}{{`;
    expect(() => readTemplate(source)).toThrow(TemplateError);
    expect(() => readTemplate(`{{ ${'a.'.repeat(500_000)}`)).toThrow(TemplateError);
  });
});

describe('completions', () => {
  const names = [
    { path: 'inputs.topic', type: 'text' as const, title: 'Topic' },
    { path: 'steps.fetch.body', type: 'json' as const, title: 'Body of Fetch' },
  ];
  const at = (source: string) => completions(source, source.length, names);

  it('offers names inside braces, those that begin so first', () => {
    expect(at('Hi {{ ')?.options.map(({ label }) => label)).toEqual(['inputs.topic', 'steps.fetch.body']);
    expect(at('Hi {{ st')).toMatchObject({ from: 6, to: 8, options: [{ label: 'steps.fetch.body' }] });
    expect(at('{{ inputs.to')).toMatchObject({ from: 3, options: [{ insert: 'inputs.topic' }] });
  });

  it('offers filters after a bar, and nothing elsewhere', () => {
    expect(at('{{ inputs.topic | up')).toMatchObject({ options: [{ kind: 'filter', insert: 'upper' }] });
    for (const source of ['Hi ', '{{ a }} b', '{{ "in', '{{ inputs.topic ']) expect(at(source)).toBeNull();
  });
});
