/** What the documents name is there. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const documents = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root })];
const read = (document: string) => readFileSync(join(root, document), 'utf8');

test.each(documents)('%s names files and folders that exist', (document) => {
  const named = [...read(document).matchAll(/`((?:src|test|scripts|resources|bench)\/[\w./-]+)`/g)];
  const missing = named.map(([, path = '']) => path).filter((path) => !existsSync(join(root, path)));
  expect(missing).toEqual([]);
});

test.each(documents)('%s links to what exists', (document) => {
  const links = [...read(document).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)];
  const missing = links.map(([, link = '']) => link).filter((link) => !existsSync(join(root, dirname(document), link)));
  expect(missing).toEqual([]);
});

test("the table of Electron's security checklist has all of its points, each with an answer and a test", () => {
  const rows = read('docs/desktop.md').match(/^\| \d+\. .*$/gm) ?? [];
  expect(rows.map((row) => Number(/\d+/.exec(row)?.[0]))).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  for (const row of rows)
    expect(row.split('|').map((cell) => cell.trim().length > 3)).toEqual([false, true, true, true, false]);
});
