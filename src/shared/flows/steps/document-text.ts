import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { DocumentResult } from '../../model/document.ts';
import { FileValue } from '../../model/values.ts';
import { defineJob, StepFailure } from '../step-type.ts';

const config = Type.Object({
  file: Type.Optional(
    Type.String({
      title: 'File',
      description: 'Used where nothing is wired to the port',
      widget: 'text',
      templated: true,
      maxLength: 500,
      placeholder: '{{ item }}',
    }),
  ),
  ramMb: Type.Integer({ title: 'Memory (MB)', widget: 'number', default: 512, minimum: 256, maximum: 65_536 }),
});

export const documentText = defineJob({
  type: 'document_text',
  name: 'Document text',
  description: 'Reads the text of a PDF, DOCX, HTML, Markdown or text file, on any node, offline.',
  icon: 'file-text',
  category: 'text',
  config,
  defaults: { ramMb: 512 },
  inputs: [{ name: 'file', title: 'File', type: 'file', required: true, field: 'file' }],
  outputs: [
    { name: 'text', title: 'Text', type: 'text' },
    { name: 'pages', title: 'Pages', type: 'list<json>', description: 'Each with its number and text' },
    { name: 'format', title: 'Format', type: 'text' },
  ],
  executes: 'job',
  sideEffects: false,
  size: { width: 208 },
  describe: () => 'PDF, DOCX, HTML or text',
  summary: ({ pages, format }) =>
    Array.isArray(pages) ? `${String(format).toUpperCase()}, ${pages.length} page${pages.length === 1 ? '' : 's'}` : '',
  job({ ramMb }, { file }) {
    if (!Check(FileValue, file)) throw new StepFailure('input_wrong', 'File: a file is needed');
    return {
      kind: 'document',
      input: { file },
      requires: { cores: 1, ramMb },
      runSeconds: 120,
      label: `Read ${file.name}`,
    };
  },
  fromResult(result) {
    if (!Check(DocumentResult, result))
      throw new StepFailure('result_wrong', 'The node answered something other than a document');
    return { text: result.text, pages: result.pages, format: result.format };
  },
});
