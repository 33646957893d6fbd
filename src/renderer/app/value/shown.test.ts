import { describe, expect, it } from 'vitest';
import { inCell, shownAs } from './shown.ts';

const image = { fileId: 'file-1', name: 'a.png', mime: 'image/png', size: 1, sha256: 'x' };

describe('interface.md inspector: how a value is shown', () => {
  it('shows texts, figures and nothing as they are', () => {
    expect(shownAs('hello')).toEqual({ kind: 'text', text: 'hello' });
    expect(shownAs(0)).toEqual({ kind: 'text', text: '0' });
    expect(shownAs(false)).toEqual({ kind: 'text', text: 'false' });
    expect(shownAs(null)).toEqual({ kind: 'nothing' });
    expect(shownAs([])).toEqual({ kind: 'nothing' });
    expect(shownAs('')).toEqual({ kind: 'nothing' });
    expect(shownAs({ $blob: 'ab', size: 9 })).toEqual({ kind: 'blob', size: 9 });
  });

  it('shows images as pictures and other files by name', () => {
    expect(shownAs([image, image]).kind).toBe('image');
    expect(shownAs([image, { ...image, mime: 'application/pdf' }]).kind).toBe('files');
    expect(inCell(image)).toBe('a.png');
  });

  it('shows rows as a table with the columns of all of them', () => {
    expect(
      shownAs([
        { shop: 'A', total: 2 },
        { shop: 'B', date: '2026-03-01' },
      ]),
    ).toEqual({
      kind: 'table',
      columns: ['shop', 'total', 'date'],
      rows: [
        ['A', 2, undefined],
        ['B', undefined, '2026-03-01'],
      ],
      total: 2,
    });
  });

  it('shows everything else as JSON', () => {
    expect(shownAs({ a: 1 })).toEqual({ kind: 'json', text: '{\n  "a": 1\n}' });
    expect(shownAs([1, { a: 1 }]).kind).toBe('json');
    expect(shownAs(['a', 'b'])).toEqual({ kind: 'list', texts: ['a', 'b'], total: 2 });
  });
});
