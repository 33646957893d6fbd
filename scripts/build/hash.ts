import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** SHA-256 over names and contents, whatever order the files are named in; folders among them are passed over. */
export async function hashFiles(root: string, files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  const contents = await Promise.all(
    [...files].sort().map(async (file) => ({ file, content: await read(root, file) })),
  );
  for (const { file, content } of contents) {
    if (content === null) continue;
    hash.update(`${file.replaceAll('\\', '/')}\0${content.length}\0`);
    hash.update(content);
  }
  return hash.digest('hex');
}

async function read(root: string, file: string): Promise<Buffer | null> {
  return readFile(join(root, file)).catch((error: NodeJS.ErrnoException) => {
    // A folder, or a file that was deleted since it was listed.
    if (error.code === 'EISDIR' || error.code === 'ENOENT') return null;
    throw error;
  });
}
