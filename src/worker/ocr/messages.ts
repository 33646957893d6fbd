import type { JobError } from '../../shared/model/job.ts';
import type { ReadText } from './reader.ts';

/** What the executor and its child processes say to each other over IPC. */
export type ToReader = { type: 'read'; id: number; path: string };
export type FromReader =
  | { type: 'loaded' }
  | { type: 'read'; id: number; result: ReadText }
  | { type: 'failed'; id: number; error: JobError };
