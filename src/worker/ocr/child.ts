/**
 * The process that reads text in images: one per slot, started by the executor, so that a cancel and the memory limit
 * end the reading and nothing else. It loads the models once, reads one image at a time, and leaves with its parent.
 */
import { parentChannel } from '../../platform/parent-channel.ts';
import { toJobError } from '../executors/executor.ts';
import type { FromReader, ToReader } from './messages.ts';
import { createReader } from './reader.ts';

const threads = Math.max(1, Number(process.argv[2] ?? 1) || 1);
const parent = parentChannel();
const send = (message: FromReader) => void parent.send(message);

parent.onGone(() => process.exit(0));
const loading = createReader(threads);
loading.then(
  () => send({ type: 'loaded' }),
  () => process.exit(1),
);

async function read({ id, path }: ToReader): Promise<void> {
  try {
    const reader = await loading;
    send({ type: 'read', id, result: await reader.read(path) });
  } catch (error) {
    send({ type: 'failed', id, error: toJobError(error) });
  }
}

parent.onMessage((message) => void read(message as ToReader));
