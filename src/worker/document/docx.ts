import mammoth from 'mammoth';
import { brokenDocument, tooLargeDocument, unsupported } from './formats.ts';
import { textOfHtml } from './html.ts';
import { zipEntries } from './zip.ts';

/** What a DOCX may become when unpacked. One that lies about it meets the memory limit of the process. */
const mostUnpacked = 256 * 1024 * 1024;
const mostEntries = 10_000;

/** The text of a DOCX: headings, paragraphs, lists and tables. Throws ExecutorErrors. */
export async function readDocx(content: Buffer, name: string): Promise<string> {
  const entries = zipEntries(content);
  if (entries === null) throw brokenDocument(name, 'the list of its parts is not whole');
  if (!entries.some((entry) => entry.name === 'word/document.xml')) throw unsupported(name);
  const unpacked = entries.reduce((sum, { size }) => sum + size, 0);
  if (unpacked > mostUnpacked || entries.length > mostEntries)
    throw tooLargeDocument(name, `it unpacks to ${Math.ceil(unpacked / 1024 / 1024)} MB in ${entries.length} parts`);
  try {
    const noImages = mammoth.images.imgElement(async () => ({ src: '' }));
    const { value } = await mammoth.convertToHtml({ buffer: content }, { convertImage: noImages });
    return textOfHtml(value);
  } catch (error) {
    throw brokenDocument(name, error instanceof Error ? error.message : 'it cannot be unpacked');
  }
}
