import { globSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Client } from '../shared/api/client.ts';
import { runName } from '../shared/flows/steps/input.ts';
import type { FlowFile, FlowStep } from '../shared/model/flow.ts';
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

/** Uploads what has to be uploaded and answers the inputs of the run, under the names that the flow has for them. */
export async function gatherInputs(
  client: Client,
  workspaceId: string,
  file: FlowFile,
  given: readonly InputArgument[],
): Promise<Record<string, unknown>> {
  const inputs: Record<string, unknown> = {};
  for (const one of given) {
    const step = findInput(file, one.name);
    inputs[runName(step)] = 'path' in one ? await uploadPath(client, workspaceId, one.path, isList(step)) : one.value;
  }
  return inputs;
}

/** The Input that a person means: by its name, in any case, or by the id of its step. */
function findInput(file: FlowFile, asked: string): FlowStep {
  const inputs = file.steps.filter(({ type }) => type === 'input');
  const same = (name: string) => name.toLowerCase() === asked.toLowerCase();
  const found =
    inputs.find((step) => runName(step) === asked) ?? inputs.find((step) => same(runName(step)) || same(step.id));
  if (found !== undefined) return found;
  const names = inputs.map(runName).join(', ');
  throw new CommandError(`The flow has no input "${asked}". ${names === '' ? 'It has none.' : `There are: ${names}`}`);
}

function isList(step: FlowStep): boolean {
  return String(step.config['type']).startsWith('list<');
}

async function uploadPath(client: Client, workspaceId: string, path: string, asList: boolean): Promise<unknown> {
  const { files, many } = await filesAt(path);
  const values = [];
  for (const file of files) {
    const mime = mimeTypes[extname(file).toLowerCase()] ?? 'application/octet-stream';
    const stored = await client.upload(workspaceId, basename(file), new Blob([await readFile(file)]), mime);
    const { fileId, name, size, sha256 } = stored;
    values.push({ fileId, name, mime: stored.mime, size, sha256 });
  }
  return many || asList ? values : values[0];
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
