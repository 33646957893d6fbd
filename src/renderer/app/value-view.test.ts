import { expect, test } from 'vitest';
import { shapeOf } from './value-view.tsx';

const image = { fileId: 'file-1', name: 'receipt.png', mime: 'image/png', size: 10, sha256: '0'.repeat(64) };

test('interface.md inspector: a value is shown as what it is', () => {
  const values = [
    'text',
    7,
    true,
    null,
    '',
    image,
    [image],
    ['a', 'b'],
    [{ a: 1 }, { a: 2, b: 'x' }],
    [{ a: { deep: 1 } }],
    { a: 1 },
    [],
    { $blob: '0', size: 9 },
  ];
  expect(values.map((value) => shapeOf(value).kind)).toEqual([
    'text',
    'json',
    'json',
    'nothing',
    'nothing',
    'file',
    'files',
    'texts',
    'table',
    'json',
    'json',
    'json',
    'blob',
  ]);
});

test('interface.md inspector: a table has every column that any row has', () => {
  expect(shapeOf([{ a: 1 }, { b: 2 }])).toMatchObject({ heads: ['a', 'b'] });
});
