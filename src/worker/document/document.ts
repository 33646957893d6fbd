import { textOf } from '../../shared/text-of-bytes.ts';
import { ExecutorError } from '../executors/executor.ts';
import { readDocx } from './docx.ts';
import { type DocumentFormat, formatOf, type Named, tooLargeDocument } from './formats.ts';
import { textOfHtml } from './html.ts';
import { readPdf } from './pdf.ts';

export interface DocumentPage {
  /** Counted from 1; what has no pages is one. */
  page: number;
  text: string;
}

/** What was read of a document. */
export interface ReadDocument {
  text: string;
  pages: DocumentPage[];
  format: DocumentFormat;
}

/** The longest text that is given back, in characters: about 5,000 pages. */
const longestText = 16 * 1024 * 1024;

/** Reads a document. Throws ExecutorErrors, all the document's own fault. */
export async function readDocument(content: Buffer, named: Named): Promise<ReadDocument> {
  const format = formatOf(content, named);
  const pages = await pagesOf(format, content, named.name);
  const text = pages
    .map((one) => one.text)
    .filter((one) => one !== '')
    .join('\n\n');
  if (text.length > longestText) throw tooLargeDocument(named.name, `its text has ${text.length} characters`);
  if (text === '') throw empty(format, named.name);
  return { text, pages, format };
}

async function pagesOf(format: DocumentFormat, content: Buffer, name: string): Promise<DocumentPage[]> {
  switch (format) {
    case 'pdf':
      return readPdf(new Uint8Array(content), name);
    case 'docx':
      return [{ page: 1, text: await readDocx(content, name) }];
    case 'html':
      return [{ page: 1, text: textOfHtml(textOf(content)) }];
    case 'markdown':
    case 'text':
      return [{ page: 1, text: textOf(content).trim() }];
  }
}

function empty(format: DocumentFormat, name: string): ExecutorError {
  const next =
    format === 'pdf' ? 'If it is a scan, save its pages as images and use "Read text in image".' : 'Check the file.';
  return new ExecutorError('document_no_text', `"${name}" has no text. ${next}`, 'job');
}
