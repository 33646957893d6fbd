/** Jobs of the kind `file`: a file of the workspace as a value, and a value as a file. */

import { Compile } from 'typebox/compile';
import { Check } from 'typebox/value';
import { type FileRead, FileWork, largestFileWork } from '../../shared/model/file-work.ts';
import { FileValue } from '../../shared/model/values.ts';
import { textOf } from '../../shared/text-of-bytes.ts';
import { type HostContext, type HostExecutor, HostFault } from './host-executor.ts';

const isWork = Compile(FileWork);
const mostLines = 100_000;

export function createFileExecutor(): HostExecutor {
  return {
    kind: 'file',
    atOnce: 16,
    atOncePerLane: 4,
    lane: () => null,
    async execute(input, context) {
      if (!isWork.Check(input)) throw new HostFault('input_wrong', 'This names no file.');
      if (input.task === 'read') return { value: await read(input, context), name: input.file.name };
      const bytes = Buffer.from(input.text);
      if (bytes.length > largestFileWork) throw tooLarge(input.name);
      const file = await context.addFile(input.name, one(bytes));
      return { file: Check(FileValue, file) ? pick(file) : file };
    },
  };
}

async function read({ file, as }: FileRead, context: HostContext): Promise<unknown> {
  if (file.size > largestFileWork) throw tooLarge(file.name);
  const text = textOf(await context.readFile(file, largestFileWork));
  switch (as) {
    case 'text':
      return text;
    case 'json':
      return parsed(text, file.name);
    case 'lines':
      return linesOf(text, file.name);
  }
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 200) : '';
    throw new HostFault('file_not_json', `"${name}" is not JSON: ${why}. Read it as text, or correct it.`);
  }
}

/** A line feed at the end ends the last line; it begins no other. */
function linesOf(text: string, name: string): string[] {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  if (lines.length > mostLines)
    throw new HostFault('file_too_large', `"${name}" has ${lines.length} lines; ${mostLines} can be read. Split it.`);
  return text === '' ? [] : lines;
}

function tooLarge(name: string): HostFault {
  const words = `"${name}" has more than ${largestFileWork / 1024 / 1024} MB. Use a smaller file.`;
  return new HostFault('file_too_large', words);
}

function pick({ fileId, name, mime, size, sha256 }: FileValue): FileValue {
  return { fileId, name, mime, size, sha256 };
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
