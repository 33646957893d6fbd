import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

const maxBytes = 10 * 1024 * 1024;

/** Keeps what a service writes, in `<folder>/<name>.log`; the file before it is `<name>.1.log`. */
export interface ServiceLog {
  write(text: string): void;
  close(): Promise<void>;
}

/** Opens the log, after setting aside one that has grown beyond 10 MB. While it runs a log stops growing at twice that. */
export async function openServiceLog(folder: string, name: string): Promise<ServiceLog> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${name}.log`);
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size > maxBytes) await rename(path, join(folder, `${name}.1.log`));
  const stream = createWriteStream(path, { flags: 'a', mode: 0o600 });
  // A full disk must not end the host; it goes on without a log.
  stream.on('error', () => undefined);
  let room = 2 * maxBytes - (size > maxBytes ? 0 : size);
  return {
    write: (text) => {
      room -= text.length;
      if (room > 0) stream.write(text);
    },
    close: () => closeStream(stream),
  };
}

function closeStream(stream: WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed) resolve();
    else stream.end(() => resolve());
  });
}
