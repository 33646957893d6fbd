import { globSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Client } from '../shared/api/client.ts';
import { CommandError } from './failure.ts';

/**
 * What `--input` says: `name=text`, `name=JSON`, or `name=@path`, which uploads a file; a folder or a pattern becomes a
 * list of files. What begins with a real @ is written as JSON: `name="@me"`.
 */
export type InputArgument = { name: string; value: unknown } | { name: string; path: string };

export function parseInput(text: string): InputArgument {
  const at = text.indexOf('=');
  const name = text.slice(0, Math.max(0, at));
  if (name === '') throw new CommandError(`--input ${text.slice(0, 80)}: expected name=value.`);
  const value = text.slice(at + 1);
  return value.startsWith('@') ? { name, path: value.slice(1) } : { name, value: readValue(value) };
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Uploads what has to be uploaded, a few at a time, and answers the inputs of the run. */
export async function gatherInputs(
  client: Client,
  workspaceId: string,
  inputs: readonly InputArgument[],
): Promise<Record<string, unknown>> {
  const gathered: Record<string, unknown> = {};
  for (const input of inputs) {
    gathered[input.name] = 'path' in input ? await uploadPath(client, workspaceId, input.path) : input.value;
  }
  return gathered;
}

async function uploadPath(client: Client, workspaceId: string, path: string): Promise<unknown> {
  const { files, many } = await filesAt(path);
  const values = [];
  for (const file of files) {
    const mime = mimeTypes[extname(file).toLowerCase()] ?? 'application/octet-stream';
    const stored = await client.upload(workspaceId, basename(file), new Blob([await readFile(file)]), mime);
    values.push({
      fileId: stored.fileId,
      name: stored.name,
      mime: stored.mime,
      size: stored.size,
      sha256: stored.sha256,
    });
  }
  return many ? values : values[0];
}

async function filesAt(path: string): Promise<{ files: string[]; many: boolean }> {
  const stats = await stat(path).catch(() => null);
  if (stats?.isFile() === true) return { files: [path], many: false };
  const pattern = stats === null ? path : join(path, '*.*');
  const found = globSync(pattern).sort();
  if (found.length === 0) throw new CommandError(`There is no file at ${path}.`);
  return { files: found, many: true };
}

const mimeTypes: Record<string, string> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
  '.tiff': 'image/tiff',
  '.pdf': 'application/pdf',
  '.txt': 'text/plain',
  '.md': 'text/markdown',
  '.csv': 'text/csv',
  '.json': 'application/json',
};
