/**
 * The process that reads one document and is ended then: a document that is made to harm meets its limits of memory and time
 * here, and nothing else (S10). It leaves with its parent.
 */
import { readFile } from 'node:fs/promises';
import { parentChannel } from '../../platform/parent-channel.ts';
import { toJobError } from '../executors/executor.ts';
import { readDocument } from './document.ts';
import type { FromDocumentReader, ToDocumentReader } from './messages.ts';

const parent = parentChannel();
parent.onGone(() => process.exit(0));

async function read({ path, name, mime }: ToDocumentReader): Promise<FromDocumentReader> {
  try {
    return { type: 'read', result: await readDocument(await readFile(path), { name, mime }) };
  } catch (error) {
    return { type: 'failed', error: toJobError(error) };
  }
}

let asked = false;
parent.onMessage((message) => {
  if (!asked) void read(message as ToDocumentReader).then((answer) => parent.send(answer));
  asked = true;
});
