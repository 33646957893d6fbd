import { limits } from '../../shared/model/values.ts';

/**
 * Gathers what is sent in one turn of the event loop into one frame: a message alone, or an array of messages in
 * order, never over the frame limit. A frame saved is a system call and a wake-up saved on both sides.
 */
export interface Outgoing<Message> {
  send(message: Message): void;
  /** Sends what is gathered now. */
  flush(): void;
}

const room = limits.frame - 1_024;

export function createOutgoing<Message>(write: (frame: string) => void): Outgoing<Message> {
  let gathered: string[] = [];
  let size = 0;
  let planned = false;

  const flush = () => {
    if (gathered.length === 0) return;
    const frame = gathered.length === 1 ? (gathered[0] ?? '') : `[${gathered.join(',')}]`;
    gathered = [];
    size = 0;
    write(frame);
  };

  return {
    flush,
    send(message) {
      const text = JSON.stringify(message);
      const bytes = Buffer.byteLength(text) + 1;
      if (size + bytes > room) flush();
      gathered.push(text);
      size += bytes;
      if (planned) return;
      planned = true;
      setImmediate(() => {
        planned = false;
        flush();
      });
    },
  };
}
