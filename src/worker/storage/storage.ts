/**
 * Where this node keeps the files of jobs, and how they move to another drive:
 *
 *     asked ─▶ waits for what runs ─▶ copies ─▶ compares ─▶ kept in node-config.json ─▶ used ─▶ the old folder is removed
 *        └────────── cancelled, full, differs: what was copied is removed, and nothing has changed ──────────┘
 *
 * A kill leaves the old folder in use until the new one stands in the configuration, which also names the one to be removed.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeConfigFile } from '../../platform/node-config.ts';
import { checkFree, isWithin, openStorageFolder } from '../../platform/storage-folder.ts';
import { AppError } from '../../shared/errors.ts';
import type { OwnStorage, StorageMove } from '../../shared/model/this-node.ts';
import { type BlobCache, openBlobCache } from '../blobs/cache.ts';
import { copyFolder } from './copy-folder.ts';

export interface Storage {
  /** What this node fetched; moves along. */
  readonly cache: Pick<BlobCache, 'open'>;
  /** Folder for attempts. */
  jobs(): string;
  /** Whether files are being moved; nothing new is begun meanwhile. */
  moving(): boolean;
  /** The owner shares more or less from now on. */
  resize(): void;
  look(): Omit<OwnStorage, 'drive' | 'homeDrive'>;
  /** Resolves when files are there and the old folder is gone, or when they are not and why stands in `look().problem`. */
  move(to: string | null): Promise<void>;
  cancelMove(): void;
  stop(): Promise<void>;
}

export interface StorageDeps {
  config: NodeConfigFile;
  /** Where files are unless a drive was chosen. */
  home: string;
  /** Resolves once no job runs; rejects when aborted. */
  idle(signal: AbortSignal): Promise<void>;
  onChanged(): void;
}

const gigabyte = 1e9;
/** What a node keeps whose owner said nothing. */
const usualBytes = 2 * gigabyte;
/** Room that is left on a drive. */
const keepFree = gigabyte;

export async function openStorage({ config, home, idle, onChanged }: StorageDeps): Promise<Storage> {
  const most = () => {
    const { storageGb } = config.config.resourceLimits;
    return storageGb === undefined ? usualBytes : storageGb * gigabyte;
  };
  const folderOf = (chosen: string | null) =>
    chosen === null ? Promise.resolve(home) : openStorageFolder(chosen, config.config.nodeId);
  const use = async (folder: string) => {
    await rm(join(folder, 'jobs'), { recursive: true, force: true, maxRetries: 3 });
    await mkdir(join(folder, 'jobs'), { recursive: true, mode: 0o700 });
    return { folder, cache: await openBlobCache(join(folder, 'cache'), most()) };
  };
  const clear = async (folder: string) => {
    for (const part of ['jobs', 'cache']) await rm(join(folder, part), { recursive: true, force: true, maxRetries: 3 });
  };

  const wanted = config.config.resourceLimits.storagePath ?? null;
  let problem: string | null = null;
  const found = await folderOf(wanted).catch((error: unknown) => {
    problem = `${wordsOf(error)}. Files are kept in the data folder meanwhile`;
    return home;
  });
  let now = await use(found);
  let move: { state: StorageMove; abort: AbortController; over: Promise<void> } | null = null;
  const { storageLeft } = config.config;
  if (storageLeft !== undefined && !isWithin(now.folder, storageLeft)) await removeLeft(storageLeft);

  async function removeLeft(folder: string): Promise<void> {
    await clear(folder).catch(() => undefined);
    await config.change({}, ['storageLeft']);
  }

  const perform = async (to: string | null, state: StorageMove, signal: AbortSignal) => {
    const from = now.folder;
    const next = await folderOf(to);
    if (next === from) return;
    if (isWithin(next, from)) throw new AppError('storage_not_usable', `${next} lies in the folder that is moved`);
    signal.throwIfAborted();
    await idle(signal);
    await clear(next);
    try {
      await checkFree(next, now.cache.bytes(), keepFree);
      const onProgress = (progress: Omit<StorageMove, 'to'>) => {
        Object.assign(state, progress);
        onChanged();
      };
      await copyFolder(join(from, 'cache'), join(next, 'cache'), { signal, onProgress });
      if (to === null) await config.change({ storageLeft: from }, ['storagePath']);
      else await config.change({ resourceLimits: { storagePath: to }, storageLeft: from });
    } catch (error) {
      await clear(next).catch(() => undefined);
      throw error;
    }
    now = await use(next);
    await removeLeft(from);
  };

  const begin = (to: string | null) => {
    const abort = new AbortController();
    const state: StorageMove = { to: to ?? home, phase: 'waits', bytes: 0, ofBytes: now.cache.bytes() };
    problem = null;
    const over = perform(to, state, abort.signal)
      .catch((error: unknown) => {
        if (!abort.signal.aborted) problem = `Files stay where they are: ${wordsOf(error)}`;
      })
      .finally(() => {
        move = null;
        onChanged();
      });
    move = { state, abort, over };
    onChanged();
    return over;
  };

  return {
    cache: { open: (source, signal) => now.cache.open(source, signal) },
    jobs: () => join(now.folder, 'jobs'),
    moving: () => move !== null,
    resize: () => now.cache.resize(most()),
    look: () => ({
      folder: now.folder,
      chosen: config.config.resourceLimits.storagePath ?? null,
      heldBytes: now.cache.bytes(),
      mostBytes: most(),
      problem,
      move: move === null ? null : { ...move.state },
    }),
    move: (to) => move?.over ?? begin(to),
    cancelMove: () => move?.abort.abort(),
    async stop() {
      move?.abort.abort();
      await move?.over;
    },
  };
}

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
