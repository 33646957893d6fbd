import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../shared/api/client.ts';
import type { FlowFile } from '../shared/model/flow.ts';
import { gatherInputs, type InputArgument, parseInput } from './run-inputs.ts';

describe('--input', () => {
  test.each([
    ['name=Ada', { name: 'name', value: 'Ada' }],
    ['n=7', { name: 'n', value: 7 }],
    ['list=[1,2]', { name: 'list', value: [1, 2] }],
    ['text=a=b', { name: 'text', value: 'a=b' }],
    ['empty=', { name: 'empty', value: '' }],
    ['at="@me"', { name: 'at', value: '@me' }],
    ['pages=@scans', { name: 'pages', path: 'scans' }],
  ])('%s', (text, input) => {
    expect(parseInput(text)).toEqual(input);
  });

  test.each(['', 'name', '=x'])('"%s" is refused', (text) => {
    expect(() => parseInput(text)).toThrow('expected name=value');
  });
});

describe('files as inputs', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'otherthing-inputs-'));
    await writeFile(join(folder, 'b.png'), 'two');
    await writeFile(join(folder, 'a.png'), 'one');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A client that stores what is uploaded as its text. */
  const client = {
    upload: async (_workspace: string, name: string, content: Blob, mime: string) => {
      const text = await content.text();
      return { fileId: `file-${name}`, name, mime, size: text.length, sha256: text };
    },
  } as unknown as Client;

  const value = (name: string, text: string) => ({
    fileId: `file-${name}`,
    name,
    mime: 'image/png',
    size: 3,
    sha256: text,
  });

  const input = (id: string, name: string, type: string) => ({ id, type: 'input', config: { name, type } });
  const flow = {
    steps: [
      input('one', '', 'file'),
      input('all', 'Pages', 'list<image>'),
      input('some', '', 'list<image>'),
      input('plain', '', 'number'),
    ],
  } as unknown as FlowFile;
  const gather = (given: InputArgument[]) => gatherInputs(client, 'ws-1', flow, given);

  test('a file becomes a file value, a folder or a pattern a list in order of names', async () => {
    const list = [value('a.png', 'one'), value('b.png', 'two')];
    const inputs = await gather([
      { name: 'one', path: join(folder, 'b.png') },
      { name: 'Pages', path: folder },
      { name: 'some', path: join(folder, '*.png') },
      { name: 'plain', value: 3 },
    ]);
    expect(inputs).toEqual({ one: list[1], Pages: list, some: list, plain: 3 });
  });

  test('one file for an input that takes a list is a list of one; names are forgiving', async () => {
    const list = [value('b.png', 'two')];
    expect(await gather([{ name: 'pages', path: join(folder, 'b.png') }])).toEqual({ Pages: list });
    expect(await gather([{ name: 'ALL', path: join(folder, 'b.png') }])).toEqual({ Pages: list });
  });

  test('an input that the flow does not have is refused with those that it has', async () => {
    await expect(gather([{ name: 'topic', value: 1 }])).rejects.toThrow(
      'The flow has no input "topic". There are: one, Pages, some, plain',
    );
  });

  test('a path with nothing there is refused', async () => {
    await expect(gather([{ name: 'one', path: join(folder, 'c.png') }])).rejects.toThrow('no file at');
  });
});
