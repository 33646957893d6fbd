/**
 * The one place that begins transactions. Callers hand in changes; whatever came in while the last transaction was being
 * written goes into the next one, in order, and each caller is answered after the commit (J1, J8).
 */
import { groupChanges } from './change-groups.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './sql.ts';
import type { Change } from './store.ts';

interface Call {
  readonly changes: readonly Change[];
  resolve(): void;
  reject(error: unknown): void;
}

export interface CommitQueue {
  commit(changes: readonly Change[]): Promise<void>;
  /** Writes what is waiting, then takes nothing more. */
  close(): Promise<void>;
}

/**
 * A group carries at most this many changes: one huge group makes everybody wait, and while SQLite writes one the next is put
 * together (benchmarks.md, jobs: 0.64 of the bare relay with 4,000, 0.66 with 512).
 */
const maxChanges = 512;

export function createCommitQueue(writer: Connection): CommitQueue {
  let waiting: Call[] = [];
  let working: Promise<void> | null = null;
  let closed = false;

  const work = async () => {
    // One turn of the event loop: everything that this turn hands in shares the transaction.
    await new Promise(setImmediate);
    while (waiting.length > 0) await writeGroup(writer, takeGroup());
    working = null;
  };
  const takeGroup = () => {
    let changes = 0;
    let calls = 0;
    for (const call of waiting) {
      changes += call.changes.length;
      if (calls > 0 && changes > maxChanges) break;
      calls += 1;
    }
    if (calls === waiting.length) {
      const all = waiting;
      waiting = [];
      return all;
    }
    return waiting.splice(0, calls);
  };

  return {
    commit(changes) {
      if (closed) return Promise.reject(new Error('The store is closed'));
      if (changes.length === 0) return Promise.resolve();
      return new Promise((resolve, reject) => {
        waiting.push({ changes, resolve, reject });
        working ??= work();
      });
    },
    async close() {
      closed = true;
      await working;
    },
  };
}

/** Writes the calls as one transaction; if that fails, each on its own, so that only what is at fault is refused. */
async function writeGroup(writer: Connection, calls: readonly Call[]): Promise<void> {
  const failed = await attempt(writer, calls);
  if (failed === null) for (const call of calls) call.resolve();
  else if (calls.length === 1) calls[0]?.reject(failed.error);
  else for (const call of calls) await writeGroup(writer, [call]);
}

async function attempt(writer: Connection, calls: readonly Call[]): Promise<{ error: unknown } | null> {
  try {
    await transact(writer, groupChanges(calls.map(({ changes }) => changes)));
    return null;
  } catch (error) {
    return { error };
  }
}

async function transact(writer: Connection, statements: readonly Statement[]): Promise<void> {
  const [only] = statements;
  if (only === undefined) return;
  // A single statement is a transaction by itself.
  if (statements.length === 1) return writer.run(only.sql, only.params);
  await writer.run('BEGIN IMMEDIATE');
  try {
    for (const { sql, params } of statements) await writer.run(sql, params);
    await writer.run('COMMIT');
  } catch (error) {
    // SQLite has already rolled back by itself after some errors, a full disk among them.
    await writer.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
