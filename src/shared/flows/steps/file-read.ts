import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { type FileRead, FileReadResult } from '../../model/file-work.ts';
import { FileValue } from '../../model/values.ts';
import { defineJob, type Port, StepFailure } from '../step-type.ts';

const forms = [
  { value: 'text', title: 'Text' },
  { value: 'json', title: 'JSON' },
  { value: 'lines', title: 'Lines' },
];
const types = { text: 'text', json: 'json', lines: 'list<text>' } as const;

const config = Type.Object({
  as: Type.String({ title: 'Read as', widget: 'select', default: 'text', maxLength: 10, choices: forms }),
});

export const fileRead = defineJob({
  type: 'file_read',
  name: 'File read',
  description: 'Gives the content of a text or JSON file as a value.',
  icon: 'file-input',
  category: 'data',
  config,
  defaults: { as: 'text' },
  inputs: [{ name: 'file', title: 'File', type: 'file', required: true }],
  outputs: ({ as }): Port[] => [
    {
      name: 'value',
      title: forms.find(({ value }) => value === as)?.title ?? 'Value',
      type: types[as as keyof typeof types] ?? 'any',
    },
    { name: 'name', title: 'Name', type: 'text' },
  ],
  executes: 'job',
  sideEffects: false,
  size: { width: 208 },
  describe: ({ as }) => `As ${as}`,
  summary: ({ name }) => (typeof name === 'string' ? name : ''),
  job({ as }, { file }, { name }) {
    if (!Check(FileValue, file)) throw new StepFailure('input_wrong', 'File: a file is needed');
    const input: FileRead = { task: 'read', file, as: as as FileRead['as'] };
    return { kind: 'file', input, requires: { cores: 0, ramMb: 0 }, runSeconds: 120, label: name };
  },
  fromResult(result) {
    if (!Check(FileReadResult, result)) throw new StepFailure('result_wrong', 'What came back is no content.');
    return { value: result.value, name: result.name };
  },
});
