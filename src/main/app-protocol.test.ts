import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileOf, serveInterface } from './app-protocol.ts';

let root: string;
let folder: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'otherthing-app-'));
  folder = join(root, 'renderer');
  await mkdir(join(folder, 'assets'), { recursive: true });
  await writeFile(join(folder, 'index.html'), '<title>Page</title>');
  await writeFile(join(folder, 'assets', 'a-1.js'), 'run()');
  await writeFile(join(root, 'secret.json'), '{}');
  await mkdir(join(root, 'renderer-other'));
  await writeFile(join(root, 'renderer-other', 'secret.json'), '{}');
});
afterAll(() => rm(root, { recursive: true, force: true }));

const get = (url: string, method = 'GET') =>
  serveInterface(folder, () => 'http://127.0.0.1:4171')(new Request(url, { method }));

describe('S11: app://otherthing', () => {
  test('serves files with their type and a strict policy that names the host', async () => {
    const response = await get('app://otherthing/assets/a-1.js');
    expect(await response.text()).toBe('run()');
    expect(response.headers.get('content-type')).toContain('text/javascript');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self' http://127.0.0.1:4171 ws://127.0.0.1:4171;");
  });

  test.each(['app://otherthing/', 'app://otherthing/flows/flow-1', 'app://otherthing/runs?state=running'])(
    '%s is the page',
    async (url) => {
      expect(await (await get(url)).text()).toContain('<title>Page</title>');
    },
  );

  test.each([
    'app://otherthing/../secret.json',
    'app://otherthing/%2e%2e/secret.json',
    'app://otherthing/..%2fsecret.json',
    'app://otherthing/assets/..%2f..%2fsecret.json',
    'app://otherthing/..%2frenderer-other%2fsecret.json',
    'app://otherthing/..%5csecret.json',
    'app://otherthing/a%00.js',
    'app://otherthing/%ff.js',
    'app://otherthing/none.js',
  ])('%s finds nothing', async (url) => {
    expect((await get(url)).status).toBe(404);
  });

  test('another name, or another method, is refused', async () => {
    expect((await get('app://elsewhere/index.html')).status).toBe(403);
    expect((await get('app://otherthing/index.html', 'POST')).status).toBe(403);
  });

  test('no address leads out of the folder', () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '%2e%2e', '..%2f', '%5c', '/', '//', 'a.js', 'x'), fc.string());
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const url = `app://otherthing/${parts.join('/')}`;
        if (!URL.canParse(url)) return;
        const file = fileOf(folder, url);
        expect(file === null || file.startsWith(`${folder}/`)).toBe(true);
      }),
    );
  });
});
