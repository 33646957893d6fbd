/** The way to the process that started this one, the same for child_process and for Electron's utilityProcess. */
export interface ParentChannel {
  /** Resolves when the message has left this process, so that it may end. */
  send(message: unknown): Promise<void>;
  onMessage(receive: (message: unknown) => void): void;
  /** Called once when the parent can no longer be reached. */
  onGone(gone: () => void): void;
}

/** What Electron puts on `process` of a utilityProcess; plain Node has no such thing. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', receive: (event: { data: unknown }) => void): void;
  on(event: 'close', gone: () => void): void;
}

/** Throws when nobody forked this process. */
export function parentChannel(): ParentChannel {
  const port = (process as unknown as { parentPort?: ParentPort | null }).parentPort;
  if (port !== undefined && port !== null) return fromPort(port);
  if (process.send !== undefined) return fromProcess();
  throw new Error('This program is started by "otherthing host", "otherthing join" or the desktop app.');
}

function fromPort(port: ParentPort): ParentChannel {
  return {
    send: async (message) => {
      port.postMessage(message);
      await new Promise((resolve) => setImmediate(resolve));
    },
    onMessage: (receive) => port.on('message', ({ data }) => receive(data)),
    onGone: (gone) => port.on('close', gone),
  };
}

function fromProcess(): ParentChannel {
  return {
    send: (message) =>
      new Promise((resolve) => {
        if (process.connected) process.send?.(message, undefined, undefined, () => resolve());
        else resolve();
      }),
    onMessage: (receive) => process.on('message', receive),
    onGone: (gone) => process.once('disconnect', gone),
  };
}
