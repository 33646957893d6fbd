import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, globSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractAll, extractFile, getRawHeader, listPackage } from '@electron/asar';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/platform/paths.ts';
import { fusesOf, makeAppImageTools, makeStandInZip, runtime } from './stand-in-electron.ts';

/**
 * Packages and makes the app offline: everything is real but Electron itself, AppImage's runtime, and the binaries of Deno and Kubo, which
 * would only make it slow.
 */
const root = packageRoot();
const { load } = createRequire(import.meta.url)('js-yaml') as { load(text: string): Record<string, unknown> };
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
const { version: electron } = JSON.parse(await readFile(join(root, 'node_modules/electron/package.json'), 'utf8')) as {
  version: string;
};
const squashfs = ['/usr/bin/mksquashfs', '/usr/sbin/mksquashfs'].find((path) => existsSync(path)) ?? null;

let folder = '';
let out = '';
let app = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-package-'));
  out = join(folder, 'out');
  app = join(out, `OtherThing-linux-${process.arch}`);
  const zips = await makeStandInZip(join(folder, 'electron'), electron);
  const tools = await makeAppImageTools(join(folder, 'tools'), squashfs);
  const binary = join(folder, 'stand-in-binary');
  await writeFile(binary, '#!/bin/sh\nexit 0\n');
  await chmod(binary, 0o755);
  const forge = join(root, 'node_modules/@electron-forge/cli/dist/electron-forge-make.js');
  const env = { ELECTRON_ZIP_DIR: zips, APPIMAGE_TOOLS_PATH: tools, OTHERTHING_DENO: binary, OTHERTHING_KUBO: binary };
  const choices = {
    OTHERTHING_RELEASES: 'example/otherthing',
    OTHERTHING_QUICK: '1',
    OTHERTHING_OUT: out,
    OTHERTHING_PUBLISHER: 'Example',
  };
  const { status, stdout, stderr } = spawnSync(process.execPath, [forge], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env, ...choices, NODE_ENV: 'production', CI: '1' },
  });
  if (status !== 0) throw new Error(`electron-forge make failed\n${stdout}\n${stderr}`);
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

const inApp = (path: string) => join(app, 'resources', path);
const archive = () => inApp('app.asar');
const made = (pattern: string) => globSync(pattern, { cwd: join(out, 'make') }).map((path) => join(out, 'make', path));

interface Entry {
  files?: Record<string, Entry>;
  size?: number;
  unpacked?: boolean;
  integrity?: { algorithm: string; hash: string };
}

describe('the packaged app', () => {
  test('S11: the binary has every fuse set as decided', async () => {
    // RunAsNode, CookieEncryption, NodeOptions, CliInspect, AsarIntegrity, OnlyAsar, OwnSnapshot, FilePrivileges, WasmTrapHandlers
    expect(fusesOf(await readFile(join(app, 'otherthing')))).toBe('010011001');
  });

  test('S14: the archive has no source, map, test, note, key or dev tool', () => {
    const files = listPackage(archive(), { isPack: false });
    expect(files).toEqual(
      expect.arrayContaining([
        '/package.json',
        '/dist/main/main.js',
        '/dist/preload/preload.cjs',
        '/dist/renderer/index.html',
      ]),
    );
    expect(files).toEqual(
      expect.arrayContaining(['/dist/worker/ocr/child.js', '/node_modules/electron-updater/package.json']),
    );
    const ours = files.filter((path) => !path.startsWith('/node_modules'));
    expect(ours.filter((path) => !/^\/(package\.json|LICENSE|dist|resources)/.test(path))).toEqual([]);
    expect(files.filter((path) => /\.(map|pem|key|p12|env)$|\/\.npmrc$|\.test\.|\.tsx$/.test(path))).toEqual([]);
    const tools = [
      'typescript',
      'vite',
      'vitest',
      'electron',
      'node',
      '@biomejs',
      '@electron-forge',
      'app-builder-lib',
      'playwright-core',
    ];
    expect(tools.filter((name) => files.some((path) => path.startsWith(`/node_modules/${name}/`)))).toEqual([]);
    expect(existsSync(inApp('app'))).toBe(false);
    expect(existsSync(inApp('default_app.asar'))).toBe(false);
  });

  test('S14: nothing of ours in it names this machine', () => {
    const ours = listPackage(archive(), { isPack: false }).filter((path) =>
      /^\/(dist\/(?!renderer).*\.c?js|package\.json)$/.test(path),
    );
    expect(ours.length).toBeGreaterThan(5);
    const naming = ours.filter((path) => extractFile(archive(), path.slice(1)).includes(root));
    expect(naming).toEqual([]);
  });

  test('S11: each file of the archive has the hash that Electron checks', async () => {
    const { header } = getRawHeader(archive()) as unknown as { header: Entry };
    const wrong: string[] = [];
    let checked = 0;
    const walk = async (entry: Entry, path: string): Promise<void> => {
      for (const [name, child] of Object.entries(entry.files ?? {})) await walk(child, `${path}/${name}`);
      if (entry.size === undefined || entry.unpacked === true || !/^\/(dist|package\.json)/.test(path)) return;
      const hash = createHash('sha256')
        .update(extractFile(archive(), path.slice(1)))
        .digest('hex');
      checked++;
      if (entry.integrity?.algorithm !== 'SHA256' || entry.integrity.hash !== hash) wrong.push(path);
    };
    await walk(header, '');
    expect(checked).toBeGreaterThan(50);
    expect(wrong).toEqual([]);
  });

  test('beside the archive: what others than Electron open', async () => {
    const beside = globSync('**/*', { cwd: inApp('app.asar.unpacked') });
    const names = [
      'sandbox/runner.js',
      'vec0.so',
      'node_sqlite3.node',
      'onnxruntime_binding.node',
      'ch_PP-OCRv4_det_infer.onnx',
      'ppocr_keys_v1.txt',
    ];
    expect(names.filter((name) => !beside.some((path) => path.endsWith(name)))).toEqual([]);
    expect(beside.some((path) => /libonnxruntime\.so/.test(path))).toBe(true);
    expect(beside.filter((path) => /darwin|win32/.test(path))).toEqual([]);
    for (const name of ['deno', 'ipfs']) expect((await stat(inApp(`bin/${name}`))).mode & 0o111, name).toBe(0o111);
  });

  test('S12: it knows the one repository that updates come from', async () => {
    expect(load(await readFile(inApp('app-update.yml'), 'utf8'))).toEqual({
      ...{ provider: 'github', owner: 'example', repo: 'otherthing' },
      ...{ updaterCacheDirName: 'otherthing-updater', publisherName: ['Example'] },
    });
  });

  test('its programs find in the archive all that they import', { timeout: 60_000 }, () => {
    const content = join(folder, 'content');
    extractAll(archive(), content);
    for (const program of ['orchestrator/main', 'worker/main', 'worker/ocr/child', 'worker/document/child']) {
      const { stderr } = spawnSync(process.execPath, [join(content, 'dist', `${program}.js`)], { encoding: 'utf8' });
      expect(stderr, program).toContain('This program is started by');
    }
  });
});

describe('what is made of it', () => {
  test('deb: its fields, and where things lie', async () => {
    const [deb = ''] = made('deb/*/*.deb');
    const field = (name: string) => execFileSync('dpkg-deb', ['-f', deb, name], { encoding: 'utf8' }).trim();
    expect(field('Package')).toBe('otherthing');
    expect(field('Version')).toBe(version);
    expect(['amd64', 'arm64']).toContain(field('Architecture'));
    expect(field('Depends')).toContain('libnss3');
    expect(Number(field('Installed-Size'))).toBeGreaterThan(50_000);
    const listing = execFileSync('dpkg-deb', ['-c', deb], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    expect(listing).toMatch(/-rwsr-xr-x root\/root .* \.\/usr\/lib\/otherthing\/chrome-sandbox/);
    expect(listing).toMatch(/-rwxr-xr-x root\/root .* \.\/usr\/lib\/otherthing\/otherthing\n/);
    expect(listing).toContain('./usr/bin/otherthing -> ../lib/otherthing/otherthing');
    expect(listing).toContain('./usr/share/icons/hicolor/512x512/apps/otherthing.png');
    expect(listing).toContain('./usr/lib/otherthing/resources/app.asar\n');
    const entry = execFileSync(
      'sh',
      ['-c', `dpkg-deb --fsys-tarfile '${deb}' | tar -xO ./usr/share/applications/otherthing.desktop`],
      { encoding: 'utf8' },
    );
    expect(entry).toContain('MimeType=x-scheme-handler/otherthing;');
  });

  test('zip', () => {
    const [zip = ''] = made('zip/linux/*/*.zip');
    const listing = execFileSync('unzip', ['-l', zip], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    expect(zip).toContain(version);
    expect(listing).toContain('resources/app.asar');
    expect(listing).toContain('resources/app-update.yml');
  });

  test('AppImage: the runtime first, then the app with its desktop entry', async () => {
    const [image = ''] = made('AppImage/*/*.AppImage');
    expect(image).toContain(`OtherThing-${version}-`);
    expect((await stat(image)).mode & 0o111).toBe(0o111);
    const file = await open(image);
    const { buffer } = await file.read(Buffer.alloc(runtime.length), 0, runtime.length, 0);
    await file.close();
    expect(buffer.equals(runtime)).toBe(true);
    const content = join(folder, 'image');
    await mkdir(content);
    const unpack =
      squashfs === null
        ? `tail -c +${runtime.length + 1} '${image}' | tar -xf - -C '${content}'`
        : `unsquashfs -q -n -f -o ${runtime.length} -d '${content}' '${image}' '*.desktop' AppRun resources/app-update.yml`;
    spawnSync('sh', ['-c', unpack]);
    const [entry = ''] = globSync('*.desktop', { cwd: content });
    expect(await readFile(join(content, entry), 'utf8')).toContain('x-scheme-handler/otherthing');
    expect(existsSync(join(content, 'AppRun'))).toBe(true);
    expect(existsSync(join(content, 'resources/app-update.yml'))).toBe(true);
  });

  test('S12: latest-linux.yml has the right sha512 and size of what is installed', async () => {
    const [yaml = ''] = made('**/latest-linux*.yml');
    const latest = load(await readFile(yaml, 'utf8')) as {
      version: string;
      path: string;
      files: { url: string; sha512: string; size: number }[];
    };
    expect(latest.version).toBe(version);
    expect(latest.files.map(({ url }) => url.split('.').at(-1))).toEqual(['AppImage', 'deb']);
    expect(latest.path).toBe(latest.files[0]?.url);
    for (const { url, sha512, size } of latest.files) {
      const [path = ''] = made(`**/${url}`);
      const hash = createHash('sha512');
      for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
      expect({ url, sha512: hash.digest('base64'), size: (await stat(path)).size }).toEqual({ url, sha512, size });
    }
  });
});
