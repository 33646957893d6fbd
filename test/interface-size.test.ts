/** What a browser loads before the first page can be seen (quality: a first start on a slow line). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { rendererPath } from '../src/platform/paths.ts';

const html = readFileSync(join(rendererPath(), 'index.html'), 'utf8');

describe('the built interface', () => {
  test('needs less than 350 kB of script, compressed, to begin with', () => {
    const scripts = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path]) => path ?? '');
    const sizes = scripts.map((path) => gzipSync(readFileSync(join(rendererPath(), path))).length);
    expect(scripts.length).toBeGreaterThan(0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(350 * 1024);
  });

  test('S11: has no inline script and loads nothing from elsewhere', () => {
    const scripts = [...html.matchAll(/<script\b([^>]*)>([^<]*)</g)];
    expect(scripts.length).toBeGreaterThan(0);
    for (const [, attributes, content] of scripts) {
      expect(attributes).toMatch(/\bsrc="\//);
      expect(content?.trim()).toBe('');
    }
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });
});
