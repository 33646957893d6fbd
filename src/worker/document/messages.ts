import type { JobError } from '../../shared/model/job.ts';
import type { ReadDocument } from './document.ts';

/** What the executor and its child process say to each other over IPC; one document, then it is ended. */
export interface ToDocumentReader {
  path: string;
  name: string;
  mime: string;
}
export type FromDocumentReader = { type: 'read'; result: ReadDocument } | { type: 'failed'; error: JobError };
