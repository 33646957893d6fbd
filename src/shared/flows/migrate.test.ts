/** An old flow always opens: files as released versions wrote them, which are never edited. */
import { expect, test } from 'vitest';
import first from './fixtures/flow-1-first.json' with { type: 'json' };
import policies from './fixtures/flow-1-policies.json' with { type: 'json' };
import { migrateFile } from './migrate.ts';
import { validateFlow } from './validate.ts';

test.each([
  ['of the first release', first],
  ['with policies', policies],
])('data.md: the frozen flow %s opens, keeps everything it says, and may run', (_name, frozen) => {
  const file = migrateFile(frozen);
  expect(file).toEqual(frozen);
  expect(validateFlow(file).filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('data.md: a file of an older schema goes forward step by step; one from the future is refused in words', () => {
  const { name, ...rest } = first;
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
  expect(migrateFile({ ...rest, schema: 'otherthing.flow/-1', title: name }, forward)).toEqual(first);
  expect(() => migrateFile({ ...first, schema: 'otherthing.flow/2' }, forward)).toThrow(
    expect.objectContaining({ code: 'flow_schema_unknown' }),
  );
  expect(() => migrateFile({ ...first, schema: 'toString' })).toThrow(
    expect.objectContaining({ code: 'flow_schema_unknown' }),
  );
});
