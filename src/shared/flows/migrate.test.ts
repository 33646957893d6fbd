/** An old flow always opens: files as released versions wrote them, which are never edited. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Doc } from 'yjs';
import { applyFile, toFile } from './document.ts';
import { migrateFile } from './migrate.ts';
import { normalFile } from './normal-form.ts';
import { validateFlow } from './validate.ts';

const folder = join(import.meta.dirname, 'fixtures');
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));

test.each(readdirSync(folder))('data.md: the frozen flow %s opens, keeps everything it says, and may run', (name) => {
  const frozen = read(name);
  const file = migrateFile(frozen);
  expect(file).toEqual(frozen);
  expect(validateFlow(file).filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(toFile(applyFile(new Doc(), file))).toEqual(normalFile(file));
});

test('data.md: a file of an older schema goes forward step by step; one from the future is refused in words', () => {
  const present = read('flow-1-first.json') as Record<string, unknown>;
  const { name, ...rest } = present;
  const forward = {
    'otherthing.flow/-1': (file: Record<string, unknown>) => ({
      ...file,
      schema: 'otherthing.flow/0',
      label: file['title'],
    }),
    'otherthing.flow/0': ({ label, title: _, ...file }: Record<string, unknown>) => ({
      ...file,
      schema: 'otherthing.flow/1',
      name: label,
    }),
  };
  expect(migrateFile({ ...rest, schema: 'otherthing.flow/-1', title: name }, forward)).toEqual(present);
  expect(() => migrateFile({ ...present, schema: 'otherthing.flow/2' }, forward)).toThrow(
    expect.objectContaining({ code: 'flow_schema_unknown' }),
  );
  expect(() => migrateFile({ ...present, schema: 'toString' })).toThrow(
    expect.objectContaining({ code: 'flow_schema_unknown' }),
  );
});
