import { type BlobRef, isBlobRef } from '../../shared/model/values.ts';
import { ExecutorError } from '../executors/executor.ts';

/** What the input of one job may hold, in bytes of JSON. */
export const maxInputBytes = 64 * 1024 * 1024;

/**
 * The input of a job (N12): a large one was put away whole by the host, and stands as `{ $blob, size }`. What has this form
 * deeper inside is somebody's data. `load` answers the text of a blob.
 */
export async function readInput(input: unknown, load: (ref: BlobRef) => Promise<string>): Promise<unknown> {
  if (!isBlobRef(input)) return input;
  if (input.size > maxInputBytes)
    throw new ExecutorError('input_too_large', `The input holds more than ${maxInputBytes} bytes`, 'job');
  return JSON.parse(await load(input)) as unknown;
}
