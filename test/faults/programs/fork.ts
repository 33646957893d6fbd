import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { programPath } from '../../../src/platform/paths.ts';
import { type ForkService, forkChild } from '../../../src/platform/service-process.ts';

const echoWorker = join(import.meta.dirname, 'worker.ts');

/** The product's services, with the worker that also takes `echo` jobs. */
export const forkWithEcho: ForkService = (entry) => forkChild(entry === programPath('worker') ? echoWorker : entry);

/** What services say, in the run's folder, for reading after a failure. */
export const keepIn = (folder: string) => (name: string, text: string) =>
  appendFileSync(join(folder, `${name}.log`), text);
