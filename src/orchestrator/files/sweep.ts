/**
 * Removes blobs that nothing names any more.
 *
 * The store notes in `blob_names`, in the transaction that writes a row, which blobs the row refers to; files name theirs by
 * their hash. So naming costs nothing where there is no blob, nobody can forget it, and a kill leaves no half of it. Names
 * are not taken away when a row goes: a pass looks whether the row is there. A blob goes only when
 *
 *   1. no living row and no file names it, now and in an earlier pass of this start (passes are an hour apart), and
 *   2. nobody has put the same content since: putting touches the file, also where the content was there before.
 *
 * What is being written, or was written and is not committed yet, is younger than that by any clock. Passes read one of
 * 256 buckets at a time.
 */
import type { Clock } from '../../shared/clock.ts';
import { remove, type Store, type Table, table } from '../store/store.ts';
import { type BlobNameRow, blobNames, jobs, runs } from '../store/tables.ts';
import { type BlobFolder, blobBuckets, type StoredBlob } from './blobs.ts';

export interface Swept {
  blobs: number;
  removed: number;
  freedBytes: number;
}

export interface Sweep {
  pass(signal: AbortSignal): Promise<Swept>;
  /** Bytes of blobs that runs and jobs of a workspace name; null before the first pass. */
  largeValueBytes(workspaceId: string): number | null;
  /** While this goes on nothing is removed: a backup copies what the database names. */
  holdStill<Value>(act: () => Promise<Value>): Promise<Value>;
}

/** Content younger than this is nobody's rubbish, whatever is known of it. */
export const spared = 24 * 60 * 60_000;
/** So many unnamed blobs are remembered from one pass to the next. */
const mostSuspects = 100_000;

/** Where the rows are whose presence keeps a name alive: steps and holds go before their run does. */
export const homes: Readonly<Record<string, string>> = {
  jobs: jobs.name,
  runs: runs.name,
  steps: runs.name,
  holds: runs.name,
};

interface Home {
  id: string;
  workspaceId: string;
}
const homeTable = (name: string): Table<Home> =>
  table<Home>({ name, key: ['id'], columns: { id: 'text', workspaceId: 'text' } });

interface FileHash {
  id: string;
  sha256: string;
}
const fileHashes = table<FileHash>({ name: 'files', key: ['id'], columns: { id: 'text', sha256: 'text' } });

export function createSweep(deps: {
  store: Store;
  blobs: BlobFolder;
  clock: Clock;
  /** Whether the database is known to be whole: beside a damaged one that was set aside nothing is removed. */
  mayRemove(): Promise<boolean>;
}): Sweep {
  const { store, blobs, clock } = deps;
  let suspects = new Map<string, number>();
  let bytes: ReadonlyMap<string, number> | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const alone = <Value>(act: () => Promise<Value>): Promise<Value> => {
    const mine = last.then(act);
    last = mine.catch(() => undefined);
    return mine;
  };

  const look = async (bucket: string) => {
    const stored = await blobs.bucket(bucket);
    // Read after the folder: what is named meanwhile has been put meanwhile, or was named before.
    const names = await namesIn(store, bucket);
    const living = await livingHolders(store, names);
    const hashes = stored.map(({ sha256 }) => sha256);
    const filed = hashes.length === 0 ? [] : await store.list(fileHashes, { where: { sha256: hashes } });
    const named = new Set(filed.map(({ sha256 }) => sha256));
    for (const { sha256, holder } of names) if (living.has(holder)) named.add(sha256);
    return { stored, names, living, named };
  };

  const pass = async (signal: AbortSignal): Promise<Swept> => {
    const swept: Swept = { blobs: 0, removed: 0, freedBytes: 0 };
    const seen = new Map<string, number>();
    const counted = new Map<string, number>();
    const mayRemove = await deps.mayRemove();
    for (const bucket of blobBuckets) {
      if (signal.aborted) return swept;
      const { stored, names, living, named } = await look(bucket);
      swept.blobs += stored.length;
      count(stored, names, living, counted);
      for (const blob of stored) {
        if (named.has(blob.sha256) || blob.touchedAt > clock.now() - spared) continue;
        if (suspects.get(blob.sha256) !== blob.touchedAt || !mayRemove) {
          if (seen.size < mostSuspects) seen.set(blob.sha256, blob.touchedAt);
        } else if (await blobs.removeUntouched(blob)) {
          swept.removed += 1;
          swept.freedBytes += blob.size;
        }
      }
      await removeDead(store, names, living);
    }
    suspects = seen;
    bytes = counted;
    return swept;
  };

  return {
    pass: (signal) => alone(() => pass(signal)),
    holdStill: alone,
    largeValueBytes: (workspaceId) => (bytes === null ? null : (bytes.get(workspaceId) ?? 0)),
  };
}

/** Names of blobs whose hashes begin with these digits: 64 characters, so they lie between `ab` and `ab~`. */
const namesIn = (store: Store, bucket: string): Promise<BlobNameRow[]> =>
  store.list(blobNames, {
    after: { column: 'sha256', value: bucket },
    before: { column: 'sha256', value: `${bucket}~` },
    order: { by: 'sha256', direction: 'up' },
  });

const lookupsAtOnce = 500;

/** Holders whose rows are there, with their workspace. A holder of an unknown kind counts as living. */
async function livingHolders(store: Store, names: readonly BlobNameRow[]): Promise<Map<string, string | null>> {
  const living = new Map<string, string | null>();
  const byHome = new Map<string, Map<string, string[]>>();
  for (const { holder } of names) {
    const colon = holder.indexOf(':');
    const [home, id] = [homes[holder.slice(0, colon)], holder.slice(colon + 1)];
    if (home === undefined) {
      living.set(holder, null);
      continue;
    }
    const ids = byHome.get(home) ?? new Map<string, string[]>();
    byHome.set(home, ids.set(id, [...(ids.get(id) ?? []), holder]));
  }
  for (const [home, ids] of byHome) {
    const all = [...ids.keys()];
    for (let at = 0; at < all.length; at += lookupsAtOnce) {
      const some = all.slice(at, at + lookupsAtOnce);
      for (const { id, workspaceId } of await store.list(homeTable(home), { where: { id: some } })) {
        for (const holder of ids.get(id) ?? []) living.set(holder, workspaceId);
      }
    }
  }
  return living;
}

function count(
  stored: readonly StoredBlob[],
  names: readonly BlobNameRow[],
  living: ReadonlyMap<string, string | null>,
  counted: Map<string, number>,
): void {
  const sizes = new Map(stored.map(({ sha256, size }) => [sha256, size]));
  const known = new Set<string>();
  for (const { sha256, holder } of names) {
    const workspaceId = living.get(holder) ?? null;
    if (workspaceId === null || known.has(`${workspaceId} ${sha256}`)) continue;
    known.add(`${workspaceId} ${sha256}`);
    counted.set(workspaceId, (counted.get(workspaceId) ?? 0) + (sizes.get(sha256) ?? 0));
  }
}

async function removeDead(
  store: Store,
  names: readonly BlobNameRow[],
  living: ReadonlyMap<string, string | null>,
): Promise<void> {
  const dead = names.filter(({ holder }) => !living.has(holder));
  for (let at = 0; at < dead.length; at += lookupsAtOnce) {
    const some = dead.slice(at, at + lookupsAtOnce);
    const hashes = [...new Set(some.map(({ sha256 }) => sha256))];
    const holders = [...new Set(some.map(({ holder }) => holder))];
    // A holder is dead whatever it names, so the cross of both removes nothing that lives.
    await store.commit([remove(blobNames, { sha256: hashes, holder: holders })]);
  }
}
