import { extractText, getDocumentProxy } from 'unpdf';
import type { DocumentPage } from './document.ts';
import { brokenDocument, encryptedDocument, tooLargeDocument } from './formats.ts';

const mostPages = 5_000;

/** The text of each page of a PDF, by PDF.js. Throws ExecutorErrors. */
export async function readPdf(content: Uint8Array, name: string): Promise<DocumentPage[]> {
  try {
    const pdf = await getDocumentProxy(content, { verbosity: 0, useSystemFonts: false });
    if (pdf.numPages > mostPages)
      throw tooLargeDocument(name, `it has ${pdf.numPages} pages, ${mostPages} can be read`);
    const { text } = await extractText(pdf, { mergePages: false });
    return text.map((one, index) => ({ page: index + 1, text: one.trim() }));
  } catch (error) {
    throw inWords(error, name);
  }
}

/** PDF.js tells its errors apart by their names. */
function inWords(error: unknown, name: string): unknown {
  if (!(error instanceof Error) || error.name === 'ExecutorError') return error;
  return error.name === 'PasswordException' ? encryptedDocument(name) : brokenDocument(name, error.message);
}
