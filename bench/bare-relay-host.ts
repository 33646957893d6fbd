/**
 * The least that any design of this shape must do: take a job, write it, acknowledge it, give it to the worker (64 at
 * once), write its result, tell the client. The same two grouped writes over json_each as the product's, into the same
 * table, per transaction, synchronous=FULL; no checks, no scheduler, no states.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';
import { type WebSocket, WebSocketServer } from 'ws';
import { first } from '../src/orchestrator/store/migrations/001-first.ts';
import { type AnyTable, patchSql, putSql } from '../src/orchestrator/store/sql.ts';
import { jobs } from '../src/orchestrator/store/tables.ts';
import { defaultRetry } from '../src/shared/model/job.ts';
import { coalesce, onMessages } from './coalesce.ts';

const slots = 64;

/** What the product writes of a job that comes in, and of one that ends. */
const insertColumns = [
  ...['id', 'workspaceId', 'kind', 'label', 'state', 'input', 'requires', 'priority', 'retry', 'runSeconds'],
  ...['submittedBy', 'attempts', 'createdAt'],
];
const updateColumns = ['attempts', 'fence', 'finishedAt', 'nodeId', 'result', 'startedAt', 'state'];
const workspaceId = 'ws-00000000000000000000000000';
const userId = 'usr-00000000000000000000000000';
const requires = JSON.stringify({ cores: 1, ramMb: 256 });
const retry = JSON.stringify(defaultRetry);
const attempts = JSON.stringify([
  { number: 1, nodeId: 'node-bench', fence: '1.1', assignedAt: 1, finishedAt: 1, outcome: 'succeeded' },
]);

type Write =
  | { kind: 'insert'; call: number; rows: [id: string, input: string][] }
  | { kind: 'update'; id: string; result: string };

process.on('message', (message: { folder?: string; type?: string }) => {
  if (message.type === 'stop') process.exit(0);
  if (message.folder !== undefined) void relay(message.folder);
});

const rowOf = ([id, input]: [string, string], now: number) => [
  ...[id, workspaceId, 'noop', '', 'queued', input, requires, 0, retry, 600, userId, '[]', now],
];
const endOf = (id: string, result: string, now: number) => [
  ...[id, attempts, '1.1', now, 'node-bench', result, now, 'succeeded'],
];

async function relay(folder: string): Promise<void> {
  const database = new sqlite3.Database(join(folder, 'relay.db'));
  const pragmas = 'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL';
  await new Promise((resolve) => database.exec(`${pragmas}; ${first.sql}`, resolve));
  const statement = (sql: string) => {
    const prepared = database.prepare(sql);
    return (...params: Buffer[]) =>
      new Promise<void>((resolve, reject) => {
        prepared.run(params, (error: Error | null) => (error === null ? resolve() : reject(error)));
      });
  };
  const begin = statement('BEGIN');
  const commit = statement('COMMIT');
  const table = jobs as unknown as AnyTable;
  const insert = statement(putSql(table, insertColumns));
  const update = statement(patchSql(table, updateColumns));

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
      const now = Date.now();
      const inserts = group.flatMap((write) =>
        write.kind === 'insert' ? write.rows.map((row) => rowOf(row, now)) : [],
      );
      const updates = group.flatMap((write) => (write.kind === 'update' ? [endOf(write.id, write.result, now)] : []));
      await begin();
      if (inserts.length > 0) await insert(Buffer.from(JSON.stringify(inserts)));
      if (updates.length > 0) await update(Buffer.from(JSON.stringify(updates)));
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
