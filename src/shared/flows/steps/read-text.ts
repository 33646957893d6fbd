import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';
import { FileValue } from '../../model/values.ts';
import { defineJob, StepFailure } from '../step-type.ts';

const config = Type.Object({
  image: Type.Optional(
    Type.String({
      title: 'Image',
      description: 'Used where nothing is wired to the port',
      widget: 'text',
      templated: true,
      maxLength: 500,
      placeholder: '{{ item }}',
    }),
  ),
});

/** What a node answers to an `ocr` job: all the text, and its lines in reading order with whatever else is known of them. */
export const OcrResult = Type.Object({
  text: Type.String(),
  lines: Type.Array(Type.Object({ text: Type.String() }, { additionalProperties: true })),
});
export type OcrResult = Static<typeof OcrResult>;

export const readText = defineJob({
  type: 'read_text',
  name: 'Read text in image',
  description: 'Reads what is written in a photo or a scan, on any node, without a network.',
  icon: 'scan-text',
  category: 'ai',
  config,
  defaults: {},
  inputs: [{ name: 'image', title: 'Image', type: 'image', required: true, field: 'image' }],
  outputs: [
    { name: 'text', title: 'Text', type: 'text' },
    { name: 'lines', title: 'Lines', type: 'list<json>' },
  ],
  executes: 'job',
  sideEffects: false,
  size: { width: 208 },
  describe: () => 'On any node, offline',
  summary: ({ lines }) => (Array.isArray(lines) ? `${lines.length} line${lines.length === 1 ? '' : 's'}` : ''),
  job(_config, { image }) {
    if (!Check(FileValue, image)) throw new StepFailure('input_wrong', 'Image: an image is needed');
    return {
      kind: 'ocr',
      input: { image },
      requires: { cores: 1, ramMb: 768 },
      runSeconds: 120,
      label: `Read text in ${image.name}`,
    };
  },
  fromResult(result) {
    if (!Check(OcrResult, result)) throw new StepFailure('result_wrong', 'The node answered something other than text');
    return { text: result.text, lines: result.lines };
  },
});
