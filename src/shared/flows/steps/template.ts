import { Type } from 'typebox';
import { defineInline, type Port } from '../step-type.ts';
import { readTemplate, usesOf } from '../template.ts';
import { asText } from '../template-filters.ts';

const config = Type.Object({
  text: Type.String({
    title: 'Text',
    description: 'Write {{ to use a value',
    widget: 'template',
    default: '',
    maxLength: 200_000,
  }),
  inputs: Type.Array(
    Type.Object({
      name: Type.String({ title: 'Name', widget: 'text', pattern: '^[a-z][a-zA-Z0-9_]{0,39}$', maxLength: 40 }),
    }),
    {
      title: 'Inputs',
      description: 'Ports to wire; the text uses them by name',
      widget: 'rows',
      rowName: 'Input',
      maxItems: 32,
    },
  ),
});

export const template = defineInline({
  type: 'template',
  name: 'Template',
  description: 'Puts values into a text.',
  icon: 'text-cursor-input',
  category: 'text',
  config,
  defaults: { text: '', inputs: [{ name: 'value' }] },
  inputs: ({ text, inputs }) => {
    const used = namesIn(text);
    return inputs.map(({ name }): Port => ({ name, title: name, type: 'any', required: used.has(name) }));
  },
  outputs: [{ name: 'text', title: 'Text', type: 'text' }],
  executes: 'inline',
  sideEffects: false,
  size: { width: 208 },
  describe: ({ text }) => text.trim().split('\n', 1)[0]?.slice(0, 60) ?? '',
  run: (_context, _inputs, { text }) => ({ text: asText(text) }),
});

/** The first names of everything that the text uses; empty while it cannot be read. */
function namesIn(text: string): ReadonlySet<unknown> {
  try {
    return new Set(usesOf(readTemplate(text)).flatMap(({ segments, optional }) => (optional ? [] : [segments[0]])));
  } catch {
    return new Set();
  }
}
