/**
 * The process that reads one document and ends: a document that is made to harm meets its limits of memory and time
 * here, and nothing else (S10). It leaves with its parent.
 */
import { readFile } from 'node:fs/promises';
import { toJobError } from '../executors/executor.ts';
import { readDocument } from './document.ts';
import type { FromDocumentReader, ToDocumentReader } from './messages.ts';

process.on('disconnect', () => process.exit(0));
const leave = (message: FromDocumentReader) => process.send?.(message, () => process.exit(0));

process.once('message', async ({ path, name, mime }: ToDocumentReader) => {
  try {
    leave({ type: 'read', result: await readDocument(await readFile(path), { name, mime }) });
  } catch (error) {
    leave({ type: 'failed', error: toJobError(error) });
  }
});
