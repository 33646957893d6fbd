import { Check } from 'typebox/value';
import { StepFailure } from '../../shared/flows/step-type.ts';
import { FileValue } from '../../shared/model/values.ts';
import type { Store } from '../store/store.ts';
import { files } from '../store/tables.ts';

/** Deeper values are no place for files. */
const deepest = 200;
const atOnce = 500;
/** More are not remembered; they are asked for again. */
const mostKnown = 2_000;

/**
 * Nothing crosses workspaces: a file value is only JSON, which anybody may write, and a node is given whatever content it
 * names. So each is held against the files of the workspace. `known` keeps those found good. Rejects a StepFailure.
 */
export async function checkFiles(store: Store, workspaceId: string, value: unknown, known: Set<string>): Promise<void> {
  const named = new Map<string, FileValue>();
  collect(value, named, 0);
  if (known.size > mostKnown) known.clear();
  const unsure = [...named].filter(([key]) => !known.has(key));
  for (let at = 0; at < unsure.length; at += atOnce) {
    const some = unsure.slice(at, at + atOnce);
    const ids = [...new Set(some.map(([, { fileId }]) => fileId))];
    const rows = await store.list(files, { where: { workspaceId, id: ids } });
    const owned = new Set(rows.map(({ id, sha256 }) => keyOf(id, sha256)));
    for (const [key, file] of some) {
      if (!owned.has(key)) throw foreign(file);
      known.add(key);
    }
  }
}

function foreign({ name }: FileValue): StepFailure {
  return new StepFailure(
    'file_unknown',
    `"${name}" is not a file of this workspace.`,
    'Upload it here, and choose it again.',
  );
}

const keyOf = (fileId: string, sha256: string) => `${fileId} ${sha256}`;

function collect(value: unknown, named: Map<string, FileValue>, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > deepest) return;
  if (Check(FileValue, value)) named.set(keyOf(value.fileId, value.sha256), value);
  else for (const inner of Object.values(value)) collect(inner, named, depth + 1);
}
