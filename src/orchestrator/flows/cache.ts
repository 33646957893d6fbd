/** The cache of results by signature (F6): a hit is the finished row of an earlier step in the same workspace. */
import { createHash } from 'node:crypto';
import { Check } from 'typebox/value';
import { FileValue } from '../../shared/model/values.ts';
import { canonicalJson } from '../flow-documents/canonical-json.ts';
import type { Store } from '../store/store.ts';
import { type StepRow, steps } from '../store/tables.ts';
import type { CompiledStep } from './compile.ts';

/** Content that nothing bounds is not walked deeper. */
const deepest = 200;

/**
 * What decides the result of a step: its type and the version of that, its settings with templates filled in, and the job
 * made of its inputs; files by what they hold and are called, not by the id of this upload.
 */
export function signatureOf(
  workspaceId: string,
  { type }: CompiledStep,
  config: unknown,
  job: { readonly kind: string; readonly input: unknown },
): string {
  const { kind, input } = job;
  const decides = [workspaceId, type.type, type.version ?? 1, kind, byContent(config, 0), byContent(input, 0)];
  return createHash('sha256').update(canonicalJson(decides)).digest('hex');
}

function byContent(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > deepest) return value;
  if (Array.isArray(value)) return value.map((one) => byContent(one, depth + 1));
  if (Check(FileValue, value)) return { name: value.name, mime: value.mime, sha256: value.sha256 };
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, byContent(one, depth + 1)]));
}

export async function cachedResult(store: Store, cacheKey: string): Promise<StepRow | null> {
  const [row] = await store.list(steps, { where: { cacheKey, state: 'succeeded' }, limit: 1 });
  return row ?? null;
}
