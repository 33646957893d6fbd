import { type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Sha256 } from '../../shared/model/values.ts';
import { nodeMessages } from '../../shared/protocol/node.ts';

/** A result on its way to the host; a large one waits as a blob that is uploaded before the message goes (N12). */
export const OutboxEntry = Type.Object({
  message: Type.Union([nodeMessages.job_done, nodeMessages.job_failed]),
  upload: Type.Optional(Type.Object({ sha256: Sha256, ticket: Type.String() })),
});
export type OutboxEntry = Static<typeof OutboxEntry>;

const Line = Type.Union([
  Type.Object({ put: OutboxEntry }),
  Type.Object({ gone: Type.Object({ job_id: Type.String(), fence: Type.String() }) }),
]);
const line = Compile(Line);

/**
 * Results of attempts, on disk until the host has acknowledged them (N11). One file to which lines are only added;
 * what is put in the same turn is synced together. A line that a kill or a full disk cut short is ignored, since
 * every line also begins with a line feed.
 */
export interface Outbox {
  /** Resolves when the result is safe on the disk. */
  put(entry: OutboxEntry): Promise<void>;
  /** The host has it, or does not want it. */
  remove(jobId: string, fence: string): OutboxEntry | undefined;
  has(jobId: string, fence: string): boolean;
  /** All that waits, oldest first. */
  pending(): OutboxEntry[];
  close(): Promise<void>;
}

/** The size in bytes from which lines that are no longer needed are dropped. */
function compactionSize(needed: number): number {
  return Math.max(4 * 1024 * 1024, 2 * needed);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export async function openOutbox(path: string): Promise<Outbox> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const entries = replay(await readFile(path, 'utf8').catch(() => ''));
  let { file, size } = await rewrite(path, entries);
  let compactAbove = compactionSize(size);
  let tail: Promise<unknown> = Promise.resolve();
  let batch: { lines: string[]; done: Promise<void> } | null = null;

  const append = async (text: string) => {
    if (size > compactAbove) {
      const next = await rewrite(path, entries);
      await file.close();
      ({ file, size } = next);
      compactAbove = compactionSize(size);
      return;
    }
    await file.appendFile(text);
    size += Buffer.byteLength(text);
    await file.datasync();
  };

  // While one batch is written the next one gathers, so that many results share one sync.
  const add = (value: Static<typeof Line>): Promise<void> => {
    if (batch === null) {
      const lines: string[] = [];
      const done = tail.then(nextTurn).then(() => {
        batch = null;
        return append(lines.join(''));
      });
      batch = { lines, done };
      tail = done.catch(() => undefined);
    }
    batch.lines.push(`\n${JSON.stringify(value)}\n`);
    return batch.done;
  };

  return {
    put(entry) {
      entries.set(keyOf(entry.message.job_id, entry.message.fence), entry);
      return add({ put: entry });
    },
    remove(job_id, fence) {
      const key = keyOf(job_id, fence);
      const entry = entries.get(key);
      if (!entries.delete(key)) return undefined;
      // Not awaited: losing this line means a result that the host answers once more.
      add({ gone: { job_id, fence } }).catch(() => undefined);
      return entry;
    },
    has: (jobId, fence) => entries.has(keyOf(jobId, fence)),
    pending: () => [...entries.values()],
    async close() {
      await tail;
      await file.close();
    },
  };
}

function keyOf(jobId: string, fence: string): string {
  return `${jobId} ${fence}`;
}

function replay(text: string): Map<string, OutboxEntry> {
  const entries = new Map<string, OutboxEntry>();
  for (const raw of text.split('\n')) {
    const value = parse(raw);
    if (value === undefined) continue;
    if ('put' in value) entries.set(keyOf(value.put.message.job_id, value.put.message.fence), value.put);
    else entries.delete(keyOf(value.gone.job_id, value.gone.fence));
  }
  return entries;
}

function parse(raw: string): Static<typeof Line> | undefined {
  if (raw === '') return undefined;
  try {
    const value: unknown = JSON.parse(raw);
    return line.Check(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a file that holds only what still waits, and puts it in the place of the old one. */
async function rewrite(
  path: string,
  entries: ReadonlyMap<string, OutboxEntry>,
): Promise<{ file: FileHandle; size: number }> {
  const temporary = `${path}.new`;
  const text = [...entries.values()].map((entry) => `\n${JSON.stringify({ put: entry })}\n`).join('');
  const file = await open(temporary, 'w', 0o600);
  await file.writeFile(text);
  await file.sync();
  await rename(temporary, path);
  await syncFolder(dirname(path));
  return { file, size: Buffer.byteLength(text) };
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
