/** The input and result of `document` jobs: a node reads the text of a file. */
import { type Static, Type } from 'typebox';
import { FileValue } from './values.ts';

/** Bytes of the largest file that is read. */
export const largestDocument = 64 * 1024 * 1024;

export const DocumentInput = Type.Object({ file: FileValue });
export type DocumentInput = Static<typeof DocumentInput>;

export const DocumentResult = Type.Object({
  text: Type.String(),
  /** Those of a PDF, counted from 1; anything else is one page. */
  pages: Type.Array(Type.Object({ page: Type.Integer({ minimum: 1 }), text: Type.String() })),
  format: Type.String({ maxLength: 20 }),
});
export type DocumentResult = Static<typeof DocumentResult>;
