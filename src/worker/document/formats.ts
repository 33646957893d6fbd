/** What kind of document a file is, told from its first bytes, then from its name and mime; pure. */
import { extname } from 'node:path';
import { ExecutorError } from '../executors/executor.ts';

export type DocumentFormat = 'pdf' | 'docx' | 'html' | 'markdown' | 'text';

export interface Named {
  readonly name: string;
  readonly mime: string;
}

const startsWith = (content: Uint8Array, ...bytes: number[]) => bytes.every((byte, at) => content[at] === byte);
const isZip = (content: Uint8Array) => startsWith(content, 0x50, 0x4b, 0x03, 0x04);
/** Compound File Binary: Word up to 2003, and what Office encrypts. */
const isCompound = (content: Uint8Array) => startsWith(content, 0xd0, 0xcf, 0x11, 0xe0);

const byExtension: Readonly<Record<string, DocumentFormat>> = {
  '.htm': 'html',
  '.html': 'html',
  '.xhtml': 'html',
  '.md': 'markdown',
  '.markdown': 'markdown',
};

/** Throws an ExecutorError `document_unsupported` or `document_encrypted`. */
export function formatOf(content: Uint8Array, { name, mime }: Named): DocumentFormat {
  const extension = extname(name).toLowerCase();
  if (isPdf(content)) return 'pdf';
  if (isZip(content)) return 'docx';
  if (isCompound(content)) throw compound(extension, name);
  if (extension === '.pdf' || mime === 'application/pdf') throw brokenDocument(name, 'it does not begin like a PDF');
  if (extension === '.docx') throw brokenDocument(name, 'it does not begin like a DOCX');
  if (isBinary(content)) throw unsupported(name);
  if (mime === 'text/html' || mime === 'application/xhtml+xml') return 'html';
  return byExtension[extension] ?? (mime === 'text/markdown' ? 'markdown' : 'text');
}

/** Readers look for the header within the first kilobyte (ISO 32000, annex H). */
function isPdf(content: Uint8Array): boolean {
  return Buffer.from(content.buffer, content.byteOffset, Math.min(1024, content.length)).includes('%PDF-');
}

/** Text in UTF-16 has zeros, and a mark at its beginning. */
function isBinary(content: Uint8Array): boolean {
  if (startsWith(content, 0xff, 0xfe) || startsWith(content, 0xfe, 0xff)) return false;
  return content.subarray(0, 8192).includes(0);
}

function compound(extension: string, name: string): ExecutorError {
  if (extension === '.docx') return encryptedDocument(name);
  return new ExecutorError('document_unsupported', `"${name}" is of an old kind. Save it as DOCX or PDF.`, 'job');
}

export function unsupported(name: string): ExecutorError {
  const words = `"${name}" is no document that can be read. PDF, DOCX, HTML, Markdown and plain text can.`;
  return new ExecutorError('document_unsupported', words, 'job');
}

export function encryptedDocument(name: string): ExecutorError {
  const words = `"${name}" is protected by a password. Save a copy without one, and use that.`;
  return new ExecutorError('document_encrypted', words, 'job');
}

export function brokenDocument(name: string, why: string): ExecutorError {
  const words = `"${name}" is damaged: ${why.slice(0, 300)}. Open it in the program it comes from and save it anew.`;
  return new ExecutorError('document_broken', words, 'job');
}

export function tooLargeDocument(name: string, why: string): ExecutorError {
  return new ExecutorError('document_too_large', `"${name}" is too large: ${why}. Split it.`, 'job');
}
