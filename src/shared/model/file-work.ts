/** The input and result of `file` jobs of the host: reading a file of the workspace as a value, and writing one. */
import { type Static, Type } from 'typebox';
import { FileValue } from './values.ts';

/** Bytes that are read into or written from a value; more is work for a node. */
export const largestFileWork = 32 * 1024 * 1024;

export const fileForms = ['text', 'json', 'lines'] as const;

export const FileRead = Type.Object({ task: Type.Literal('read'), file: FileValue, as: Type.Enum(fileForms) });
export type FileRead = Static<typeof FileRead>;
export const FileWrite = Type.Object({
  task: Type.Literal('write'),
  name: Type.String({ minLength: 1, maxLength: 255 }),
  text: Type.String(),
});
export type FileWrite = Static<typeof FileWrite>;
export const FileWork = Type.Union([FileRead, FileWrite]);

export const FileReadResult = Type.Object({ value: Type.Unknown(), name: Type.String() });
export const FileWriteResult = Type.Object({ file: FileValue });
