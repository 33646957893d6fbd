import { EventEmitter } from 'node:events';

/** Loaded first in a utility process: gives it `process.parentPort`, as Electron does. */
class ParentPort extends EventEmitter {
  postMessage(message: unknown): void {
    if (process.connected) process.send?.(message);
  }
}

const port = new ParentPort();
process.on('message', (data) => port.emit('message', { data, ports: [] }));
process.on('disconnect', () => port.emit('close'));
Object.assign(process, { parentPort: port, type: 'utility' });
