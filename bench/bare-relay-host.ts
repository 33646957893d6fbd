/**
 * The least that any design of this shape must do: take a job, write it, acknowledge it, give it to the worker (64 at
 * once), write its result, tell the client. Two grouped writes over json_each per transaction, synchronous=FULL; no
 * checks, no scheduler, no states.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';
import { type WebSocket, WebSocketServer } from 'ws';
import { coalesce, onMessages } from './coalesce.ts';

const slots = 64;

type Write =
  | { kind: 'insert'; call: number; rows: [id: string, input: string][] }
  | { kind: 'update'; id: string; result: string };

process.on('message', (message: { folder?: string; type?: string }) => {
  if (message.type === 'stop') process.exit(0);
  if (message.folder !== undefined) void relay(message.folder);
});

async function relay(folder: string): Promise<void> {
  const database = new sqlite3.Database(join(folder, 'relay.db'));
  await new Promise((resolve) =>
    database.exec(
      'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE jobs (id TEXT PRIMARY KEY, input TEXT, result TEXT)',
      resolve,
    ),
  );
  const statement = (sql: string) => {
    const prepared = database.prepare(sql);
    return (...params: string[]) =>
      new Promise<void>((resolve, reject) => {
        prepared.run(params, (error: Error | null) => (error === null ? resolve() : reject(error)));
      });
  };
  const begin = statement('BEGIN');
  const commit = statement('COMMIT');
  const insert = statement(
    `INSERT INTO jobs (id, input) SELECT json_extract(value,'$[0]'), json_extract(value,'$[1]') FROM json_each(?)`,
  );
  const update = statement(
    `UPDATE jobs SET result=g.r FROM (SELECT json_extract(value,'$[0]') i, json_extract(value,'$[1]') r FROM json_each(?)) g WHERE jobs.id=g.i`,
  );

  let toClient: (message: object) => void = () => undefined;
  let toWorker: (message: object) => void = () => undefined;
  let writes: Write[] = [];
  let writing = false;
  let free = slots;
  let counter = 0;
  const queue: [id: string, input: string][] = [];
  let head = 0;

  const dispatch = () => {
    for (; free > 0 && head < queue.length; head += 1, free -= 1)
      toWorker({ job: queue[head]?.[0], input: queue[head]?.[1] });
    if (head === queue.length) {
      queue.length = 0;
      head = 0;
    }
  };
  const writeGroups = async () => {
    await new Promise(setImmediate);
    while (writes.length > 0) {
      const group = writes;
      writes = [];
      const inserts = group.flatMap((write) => (write.kind === 'insert' ? write.rows : []));
      const updates = group.flatMap((write) => (write.kind === 'update' ? [[write.id, write.result]] : []));
      await begin();
      if (inserts.length > 0) await insert(JSON.stringify(inserts));
      if (updates.length > 0) await update(JSON.stringify(updates));
      await commit();
      for (const write of group) {
        if (write.kind === 'update') toClient({ done: write.id });
        else {
          toClient({ ack: write.call });
          queue.push(...write.rows);
        }
      }
      dispatch();
    }
    writing = false;
  };
  const write = (change: Write) => {
    writes.push(change);
    if (writing) return;
    writing = true;
    void writeGroups();
  };

  const serveClient = (socket: WebSocket) => {
    toClient = coalesce(socket);
    onMessages<{ id: number; inputs: unknown[] }>(socket, ({ id: call, inputs }) => {
      const rows = inputs.map((one): [string, string] => {
        counter += 1;
        return [`job-${String(counter).padStart(26, '0')}`, JSON.stringify(one)];
      });
      write({ kind: 'insert', call, rows });
    });
  };
  const serveWorker = (socket: WebSocket) => {
    toWorker = coalesce(socket);
    onMessages<{ job: string; result: unknown }>(socket, ({ job, result }) => {
      free += 1;
      dispatch();
      write({ kind: 'update', id: job, result: JSON.stringify(result) });
    });
  };
  const server = createServer();
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket, request) => {
    if (request.url === '/worker') serveWorker(socket);
    else serveClient(socket);
  });
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
}
