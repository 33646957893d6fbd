import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { type FileWrite, FileWriteResult } from '../../model/file-work.ts';
import { inputPorts, inputRows } from '../model-choice.ts';
import { defineJob, type Port, StepFailure } from '../step-type.ts';
import { asText } from '../template-filters.ts';

const config = Type.Object({
  name: Type.String({
    title: 'Name',
    description: 'Its ending says what it is: .txt, .md, .json, .csv, .html',
    widget: 'text',
    templated: true,
    default: 'result.txt',
    minLength: 1,
    maxLength: 255,
  }),
  inputs: inputRows,
});

export const fileWrite = defineJob({
  type: 'file_write',
  name: 'File write',
  description: 'Makes a file of the workspace from a text, or from any value as JSON.',
  icon: 'file-output',
  category: 'data',
  config,
  defaults: { name: 'result.txt', inputs: [] },
  inputs: ({ inputs, name }): Port[] => [
    { name: 'value', title: 'Content', type: 'any', required: true },
    ...inputPorts(inputs, name),
  ],
  outputs: [{ name: 'file', title: 'File', type: 'file' }],
  executes: 'job',
  sideEffects: true,
  size: { width: 208 },
  problems: ({ name, inputs }) => [
    ...(/[/\\\0]/.test(name.replaceAll(/\{\{.*?\}\}/g, ''))
      ? [{ field: 'name', message: 'A name has no slashes' }]
      : []),
    ...inputs.flatMap((row, index) =>
      row.name === 'value' ? [{ field: `inputs/${index}/name`, message: 'This is the name of the content' }] : [],
    ),
  ],
  describe: ({ name }) => name,
  summary: ({ file }) => (file as { name?: string } | undefined)?.name ?? '',
  job({ name }, { value }, context) {
    // What a template put in may hold slashes, which no name of a file has.
    const plain = name.replaceAll(/[/\\\0]/g, '_').trim();
    if (plain === '') throw new StepFailure('name_missing', 'The file has no name.', 'Give it one in the settings.');
    const text = plain.endsWith('.json') && typeof value !== 'string' ? JSON.stringify(value, null, 2) : asText(value);
    const input: FileWrite = { task: 'write', name: plain, text };
    return { kind: 'file', input, requires: { cores: 0, ramMb: 0 }, runSeconds: 120, label: context.name };
  },
  fromResult(result) {
    if (!Check(FileWriteResult, result)) throw new StepFailure('result_wrong', 'What came back is no file.');
    return { file: result.file };
  },
});
