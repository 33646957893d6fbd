import { Compile } from 'typebox/compile';
import { BlobRef } from '../../shared/model/values.ts';
import { ExecutorError } from '../executors/executor.ts';

const blobRef = Compile(BlobRef);

/** What the inputs of one job may hold altogether, in bytes of JSON. */
export const maxInputBytes = 64 * 1024 * 1024;

/**
 * Puts the values of blobs in their places (N12): whatever stands as `{ $blob, size }` in an input becomes what the
 * blob's JSON says. `load` answers the text of a blob.
 */
export async function resolveBlobs(input: unknown, load: (ref: BlobRef) => Promise<string>): Promise<unknown> {
  let total = 0;
  const resolve = async (value: unknown): Promise<unknown> => {
    if (typeof value !== 'object' || value === null) return value;
    if (isBlobRef(value)) {
      total += value.size;
      if (total > maxInputBytes)
        throw new ExecutorError('input_too_large', `The inputs hold more than ${maxInputBytes} bytes`, 'job');
      return JSON.parse(await load(value)) as unknown;
    }
    if (Array.isArray(value)) return inOrder(value, resolve);
    const values = await inOrder(Object.values(value), resolve);
    return Object.fromEntries(Object.keys(value).map((key, index) => [key, values[index]]));
  };
  return holdsBlob(input) ? resolve(input) : input;
}

async function inOrder(values: readonly unknown[], each: (value: unknown) => Promise<unknown>): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const value of values) results.push(await each(value));
  return results;
}

function isBlobRef(value: object): value is BlobRef {
  return '$blob' in value && Object.keys(value).length === 2 && blobRef.Check(value);
}

function holdsBlob(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isBlobRef(value)) return true;
  return Object.values(value).some(holdsBlob);
}
