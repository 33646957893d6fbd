import { type Static, Type } from 'typebox';

/** Milliseconds since the Unix epoch. */
export const Timestamp = Type.Integer({
  minimum: 0,
  description: 'Milliseconds since the Unix epoch',
});

/** An id as data.md describes it. Ids that a foreign node brings are kept as they are, so only the alphabet is checked. */
export const Id = Type.String({
  minLength: 1,
  maxLength: 80,
  pattern: '^[A-Za-z0-9][A-Za-z0-9_.:-]*$',
});

export const Name = Type.String({ minLength: 1, maxLength: 120 });

/** Any JSON value. Its size is bounded where it enters. */
export const Json = Type.Unknown({ description: 'Any JSON value' });
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

export const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });

/** A file as it travels through flows: the content is a blob under its SHA-256. */
export const FileValue = Type.Object(
  {
    fileId: Id,
    name: Type.String({ minLength: 1, maxLength: 255 }),
    mime: Type.String({ maxLength: 127 }),
    size: Type.Integer({ minimum: 0 }),
    sha256: Sha256,
  },
  { $id: 'FileValue' },
);
export type FileValue = Static<typeof FileValue>;

/** Where a value stands that is too large to travel in line (over 256 KiB): a blob that holds its JSON text. */
export const BlobRef = Type.Object({
  $blob: Sha256,
  size: Type.Integer({ minimum: 0 }),
});
export type BlobRef = Static<typeof BlobRef>;

/**
 * Whether a value has the form of a reference. What people and scripts write may have it too: it is put away like a large
 * value before it is kept, so that a reference that stands where one may stand is always the program's own.
 */
export function isBlobRef(value: unknown): value is BlobRef {
  if (typeof value !== 'object' || value === null || !('size' in value)) return false;
  return '$blob' in value && typeof value.$blob === 'string';
}

/** Limits that several parts share, in bytes unless the name says otherwise (N12, data.md). */
export const limits = {
  inlinePayload: 256 * 1024,
  storedInline: 64 * 1024,
  frame: 1024 * 1024,
  chunk: 64 * 1024,
  requestBody: 4 * 1024 * 1024,
  fileUpload: 2 * 1024 * 1024 * 1024,
  stepsPerFlow: 5_000,
  mapItems: 100_000,
  jobsPerSubmit: 1_000,
  queuedJobs: 200_000,
} as const;
