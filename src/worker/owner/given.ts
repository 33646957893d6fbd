/** What this machine has done, by day and workspace: its own count, whatever hosts say. Written every few seconds and at the end. */
import { Type } from 'typebox';
import { readJsonFile, writeJsonFile } from '../../platform/json-file.ts';
import type { Clock } from '../../shared/clock.ts';
import { Given } from '../../shared/model/this-node.ts';

export interface GivenBook {
  /** An attempt for a workspace has ended; it took so many milliseconds. */
  note(workspaceId: string, ms: number): void;
  /** Oldest first; at most what `Given` allows. */
  all(): readonly Given[];
  /** Writes what is not written yet. */
  stop(): Promise<void>;
}

/** Days that are kept one by one; older ones become one sum per workspace. */
export const daysKept = 60;
const writeEvery = 5_000;
const mostRows = 4_000;
const Book = Type.Array(Given);

export async function openGivenBook(path: string, clock: Clock): Promise<GivenBook> {
  const found = await readJsonFile(path, Book, clock);
  let rows: Given[] = found.state === 'read' ? found.value : [];
  let dirty = false;
  let writing: Promise<void> = Promise.resolve();
  const write = () => {
    if (!dirty) return writing;
    dirty = false;
    // A disk without room takes it the next time.
    writing = writeJsonFile(path, all()).catch(() => {
      dirty = true;
    });
    return writing;
  };
  // Jobs may end ten thousand times a second; the book is opened when somebody looks.
  const since = new Map<string, { at: number; jobs: number; ms: number }>();
  const all = () => {
    for (const [workspaceId, { at, jobs, ms }] of since) {
      rows = withOneMore(rows, { day: dayOf(at), workspaceId, jobs, ms: Math.round(ms) });
    }
    since.clear();
    return rows;
  };
  const timer = setInterval(() => void write(), writeEvery);
  return {
    note(workspaceId, ms) {
      const noted = since.get(workspaceId);
      if (noted === undefined) since.set(workspaceId, { at: clock.now(), jobs: 1, ms });
      else {
        noted.jobs += 1;
        noted.ms += ms;
      }
      dirty = true;
    },
    all,
    async stop() {
      clearInterval(timer);
      await writing;
      await write();
    },
  };
}

/** The day in the machine's own time zone, `2026-11-28`. */
export function dayOf(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The book with one more row in it: the sum of some attempts, added to its like; what is older than the days kept becomes a sum. Pure. */
export function withOneMore(rows: readonly Given[], more: Given): Given[] {
  const known = rows.findIndex(({ day, workspaceId }) => day === more.day && workspaceId === more.workspaceId);
  if (known >= 0) return rows.map((row, index) => (index === known ? sumOf(row, more) : row));
  const days = new Set([...rows, more].flatMap(({ day }) => (day === null ? [] : [day])));
  const old = new Set([...days].sort().slice(0, Math.max(0, days.size - daysKept)));
  const kept = [...rows, more].filter(({ day }) => day !== null && !old.has(day));
  const sums = new Map<string, Given>();
  for (const row of rows) {
    if (row.day !== null && !old.has(row.day)) continue;
    const before = sums.get(row.workspaceId);
    sums.set(row.workspaceId, before === undefined ? { ...row, day: null } : sumOf(before, row));
  }
  return [...sums.values(), ...kept].slice(-mostRows);
}

function sumOf(one: Given, other: Given): Given {
  return { ...one, jobs: one.jobs + other.jobs, ms: one.ms + other.ms };
}
