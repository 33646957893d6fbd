import { execFileSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What an Electron binary carries for `electron-fuses`: the sentinel, the version of the wire, its length, one byte per fuse. */
export const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const fuseCount = 9;

/** Writes electron-v<version>-<platform>-<arch>.zip with just what packaging touches of it; answers the folder. */
export async function makeStandInZip(folder: string, version: string): Promise<string> {
  const content = join(folder, 'content');
  const zips = join(folder, 'zips');
  await mkdir(join(content, 'resources'), { recursive: true });
  await mkdir(zips, { recursive: true });
  const wire = Buffer.concat([Buffer.from(sentinel), Buffer.from([1, fuseCount]), Buffer.from('1'.repeat(fuseCount))]);
  await writeFile(
    join(content, 'electron'),
    Buffer.concat([Buffer.from('\x7fELF stand-in\n'), wire, Buffer.alloc(64)]),
  );
  await chmod(join(content, 'electron'), 0o755);
  for (const name of ['chrome-sandbox', 'version', 'LICENSE', 'LICENSES.chromium.html', 'resources/default_app.asar']) {
    await writeFile(join(content, name), `stand-in ${name}\n`);
  }
  execFileSync('zip', ['-q', '-r', '-0', join(zips, `electron-v${version}-linux-${process.arch}.zip`), '.'], {
    cwd: content,
  });
  return zips;
}

/** The fuses of a binary as `0` and `1`, in the order of FuseV1Options. */
export function fusesOf(binary: Buffer): string {
  const at = binary.indexOf(sentinel) + sentinel.length;
  const length = binary[at + 1] ?? 0;
  return binary.subarray(at + 2, at + 2 + length).toString('latin1');
}

/** electron-builder's tools for AppImages, as APPIMAGE_TOOLS_PATH names them; the squashfs is real where mksquashfs is installed. */
export async function makeAppImageTools(folder: string, mksquashfs: string | null): Promise<string> {
  const script = mksquashfs === null ? packAsTar : `exec ${mksquashfs} "$@"`;
  await mkdir(join(folder, 'runtimes'), { recursive: true });
  await mkdir(join(folder, 'lib', process.arch), { recursive: true });
  await writeFile(join(folder, 'mksquashfs'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  await writeFile(join(folder, 'desktop-file-validate'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  await writeFile(join(folder, 'lib', process.arch, 'libstandin.so'), 'stand-in');
  await writeFile(join(folder, 'runtimes', `runtime-${process.arch}`), runtime);
  return folder;
}

/** What stands at the beginning of an AppImage here; AppImage's magic bytes are at offset 8. */
export const runtime = Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01\x00AI\x02', 'latin1'), Buffer.alloc(4_085)]);

/** mksquashfs <stage> <output> -offset <n> …: leaves room for the runtime, then packs. */
const packAsTar = 'truncate -s "$4" "$2" && tar -C "$1" -cf - . >> "$2"';
