/** Builds what keeps history, takes it away, and copies it. */
import { readdir } from 'node:fs/promises';
import type { Clock } from '../../shared/clock.ts';
import type { Acting } from '../audit/acting.ts';
import { hostActions } from '../audit/actions.ts';
import { createAuditLog } from '../audit/audit-log.ts';
import { createBackups } from '../backup/backups.ts';
import { layoutOf } from '../config.ts';
import type { BlobFolder } from '../files/blobs.ts';
import { createSweep } from '../files/sweep.ts';
import { createCleaner } from '../history/cleaner.ts';
import { createRetention } from '../history/retention.ts';
import { damagedPrefix } from '../store/damage.ts';
import type { Store } from '../store/store.ts';
import type { Collections } from '../vectors/collections.ts';
import { type Chore, rest } from './housekeeping.ts';

interface HistoryLog {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface HistoryDeps {
  /** The store as opened; acts go through `acting.store`. */
  store: Store;
  acting: Acting;
  blobs: BlobFolder;
  collections: Collections;
  clock: Clock;
  dataDir: string;
  hostId: string;
  version: string;
  log: HistoryLog;
}

export function createHistory(deps: HistoryDeps) {
  const { store, acting, blobs, clock, log } = deps;
  const layout = layoutOf(deps.dataDir);
  const sweep = createSweep({ store, blobs, clock, mayRemove: () => isWhole(layout.store) });
  const retention = createRetention({ store: acting.store, largeValueBytes: sweep.largeValueBytes });
  const cleaner = createCleaner({ store, clock, rest });
  const backups = createBackups({ ...deps, folder: layout.backups, holdStill: sweep.holdStill });
  const act = { action: hostActions.backupCreated, workspaceId: null, from: null, params: {}, body: {} };
  const actor = { by: 'host' as const, userId: null, name: 'daily backup' };

  const told =
    (chore: (signal: AbortSignal) => Promise<Record<string, number>>, what: string): Chore =>
    async (signal) => {
      const done = await chore(signal);
      if (Object.values(done).some((number) => number > 0)) log.info(done, what);
    };
  const chores = {
    history: told(cleaner.pass, 'History older than its workspaces keep was removed'),
    blobs: told(async (signal) => {
      const { removed, freedBytes } = await sweep.pass(signal);
      return { removed, freedBytes };
    }, 'Content that nothing names was removed'),
    backup: async () => {
      if (await backups.isDue()) await acting.during({ ...act, actor }, () => backups.create('daily'));
    },
  };
  return { retention, audit: createAuditLog(store), backups, chores };
}

/** Beside a damaged database that was set aside, content may be named by what will be restored. */
async function isWhole(folder: string): Promise<boolean> {
  return !(await readdir(folder)).some((name) => name.startsWith(damagedPrefix));
}
