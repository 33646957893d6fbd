import type { Values } from '../../shared/flows/step-type.ts';
import { type BlobRef, isBlobRef, limits } from '../../shared/model/values.ts';
import type { BlobStore } from '../services.ts';

/** Values of a run: small ones stand in its rows, large ones are blobs that hold their JSON text (data.md, Store). */
export interface RunValues {
  /** Outputs as they are kept; those over 64 KiB are put away first. */
  keep(outputs: Values): Values | Promise<Values>;
  load(value: unknown): Promise<unknown>;
  /** Puts JSON text away as it comes, so that it never stands in memory as a whole. */
  putText(text: Iterable<string> | AsyncIterable<string | Uint8Array>): Promise<BlobRef>;
  /** The bytes of a value that was put away; the range is inclusive. */
  read(ref: BlobRef, range?: { start: number; end: number }): AsyncIterable<Uint8Array>;
}

export function createRunValues(blobs: Pick<BlobStore, 'put' | 'open'>): RunValues {
  const putAway = async (value: unknown): Promise<BlobRef> => {
    const { sha256, size } = await blobs.put([Buffer.from(JSON.stringify(value))] as never, {
      maxBytes: limits.fileUpload,
    });
    return { $blob: sha256, size };
  };
  const keepLarge = async (outputs: Values, large: readonly string[]) => {
    const kept = await Promise.all(large.map(async (port) => [port, await putAway(outputs[port])] as const));
    return { ...outputs, ...Object.fromEntries(kept) };
  };
  return {
    keep(outputs) {
      const large = Object.keys(outputs).filter((port) => mustBePutAway(outputs[port]));
      return large.length === 0 ? outputs : keepLarge(outputs, large);
    },
    load: async (value) => (isBlobRef(value) ? readJson(blobs, value) : value),
    async putText(text) {
      const { sha256, size } = await blobs.put(inPieces(text), { maxBytes: limits.fileUpload });
      return { $blob: sha256, size };
    },
    read: (ref, range) => bytesOf(blobs, ref, range),
  };
}

const pieceBytes = 64 * 1024;

/** Many short texts as few larger pieces of bytes. */
async function* inPieces(text: Iterable<string> | AsyncIterable<string | Uint8Array>): AsyncIterable<Uint8Array> {
  let gathered = '';
  for await (const part of text) {
    if (typeof part === 'string') {
      gathered += part;
      if (gathered.length < pieceBytes) continue;
    }
    if (gathered !== '') yield Buffer.from(gathered);
    gathered = '';
    if (typeof part !== 'string') yield part;
  }
  if (gathered !== '') yield Buffer.from(gathered);
}

async function* bytesOf(
  blobs: Pick<BlobStore, 'open'>,
  { $blob, size }: BlobRef,
  range?: { start: number; end: number },
): AsyncIterable<Uint8Array> {
  const content = await blobs.open($blob, range);
  if (content === null) throw new Error(`The blob ${$blob} (${size} bytes) of this run is gone`);
  for await (const part of content.stream) yield part as Uint8Array;
}

/** A value of the user's that looks like a reference is put away too, so that whatever stands as one in a row is ours. */
function mustBePutAway(value: unknown): boolean {
  return isBlobRef(value) || isLarge(value, limits.storedInline);
}

/** Whether the JSON text of a value is longer than so many bytes, without writing it; text counts one to three bytes. */
export function isLarge(value: unknown, bytes: number): boolean {
  return sizeUpTo(value, bytes) > bytes;
}

/** About how many bytes the JSON text of a value takes, counted only until it is over `bytes`. */
export function sizeUpTo(value: unknown, bytes: number): number {
  let left = bytes;
  const stack: unknown[] = [value];
  while (left >= 0 && stack.length > 0) {
    const one = stack.pop();
    if (typeof one === 'string') left -= textBytes(one, left);
    else if (typeof one !== 'object' || one === null) left -= 6;
    else {
      const entries = Array.isArray(one) ? one : Object.entries(one).flat();
      left -= 2 + entries.length;
      if (left >= 0) for (const entry of entries) stack.push(entry);
    }
  }
  return bytes - left;
}

function textBytes(text: string, enough: number): number {
  return text.length > enough ? text.length : Buffer.byteLength(text) + 2;
}

async function readJson(blobs: Pick<BlobStore, 'open'>, ref: BlobRef): Promise<unknown> {
  const parts: Uint8Array[] = [];
  for await (const part of bytesOf(blobs, ref)) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}
