import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { IdSource } from '../../shared/ids.ts';
import { limits } from '../../shared/model/values.ts';
import type { BlobStore, FileService, Page, PageRequest } from '../services.ts';
import { put, type Store } from '../store/store.ts';
import { type FileRow, files } from '../store/tables.ts';
import { cleanFileName, mediaTypeOf } from './media.ts';

export function createFiles(deps: { store: Store; blobs: BlobStore; clock: Clock; ids: IdSource }): FileService {
  const { store, blobs, clock, ids } = deps;
  return {
    async add(workspaceId, givenName, content) {
      const name = cleanFileName(givenName);
      const { sha256, size } = await blobs.put(content, { maxBytes: limits.fileUpload });
      const row: FileRow = {
        id: ids.next('file'),
        workspaceId,
        name,
        mime: mediaTypeOf(name),
        size,
        sha256,
        createdAt: clock.now(),
      };
      await store.commit([put(files, row)]);
      return toFile(row);
    },

    async get(fileId) {
      const row = await store.get(files, { id: fileId });
      return row === null ? null : toFile(row);
    },

    list: (workspaceId, page) => listPage(store, workspaceId, page),
  };
}

/** Ids rise with time, so the latest come first by id. */
async function listPage(
  store: Store,
  workspaceId: string,
  page: PageRequest,
): Promise<Page<ReturnType<typeof toFile>>> {
  const limit = page.limit ?? 100;
  const rows = await store.list(files, {
    where: { workspaceId },
    order: { by: 'id', direction: 'down' },
    limit: limit + 1,
    ...(page.cursor === undefined ? {} : { after: { column: 'id', value: page.cursor } }),
  });
  const items = rows.slice(0, limit).map(toFile);
  return { items, next: rows.length > limit ? (items.at(-1)?.fileId ?? null) : null };
}

function toFile({ id, workspaceId, name, mime, size, sha256, createdAt }: FileRow) {
  return { fileId: id, workspaceId, name, mime, size, sha256, createdAt };
}

/** Content that is already in memory, as `FileService.add` and `BlobStore.put` take it. */
export async function* contentOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

/** Reads a whole blob, for values that are known to be bounded. Rejects `not_found`. */
export async function readBlob(blobs: BlobStore, sha256: string): Promise<Buffer> {
  const opened = await blobs.open(sha256);
  if (opened === null) throw new AppError('not_found', 'The content is no longer here');
  const parts: Buffer[] = [];
  for await (const part of opened.stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
