import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const text = /\.(js|css|html|svg|json)$/;
/** Smaller files fit into one packet as they are. */
const least = 1_400;

/** Lays a `.br` and a `.gz` beside every text file of a build, once, so that the host only has to pick one. */
export function compressed(): Plugin {
  return {
    name: 'otherthing:compressed',
    apply: 'build',
    writeBundle({ dir }) {
      if (dir !== undefined) for (const file of textFiles(dir)) compress(file);
    },
  };
}

function textFiles(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.map((name) => join(folder, name)).filter((file) => text.test(file) && statSync(file).size > least);
}

function compress(file: string): void {
  const content = readFileSync(file);
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params: quality }));
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
}
