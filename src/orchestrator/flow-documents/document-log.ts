import { applyUpdate, Doc, encodeStateAsUpdate } from 'yjs';
import { AppError } from '../../shared/errors.ts';
import { type Change, put, remove, type Store } from '../store/store.ts';
import { type FlowUpdateRow, flowUpdates } from '../store/tables.ts';

/** Bounds of a flow document (S10), in bytes of Yjs updates. */
export const documentLimits = {
  update: 4 * 1024 * 1024,
  document: 32 * 1024 * 1024,
  updatesBeforeCompaction: 64,
} as const;

/**
 * The durable log of flow documents. An update is in it before anybody is told that it is saved, and before anybody else
 * sees it; what a document is can always be had by applying its log.
 */
export interface DocumentLog {
  /** Every update that was ever acknowledged, in order. */
  read(flowId: string): Promise<Uint8Array[]>;
  /** Resolves after the commit, with `alongside` in the same one. Rejects `flow_too_large`, `disk_full`. */
  append(flowId: string, update: Uint8Array, alongside?: readonly Change[]): Promise<void>;
  /** Replaces many updates by one that means the same. Does nothing while there are few. */
  compact(flowId: string): Promise<void>;
  /** No longer remembers how long the log is; for flows that were closed or deleted. */
  forget(flowId: string): void;
}

interface Extent {
  next: number;
  count: number;
  bytes: number;
}

export function createDocumentLog(store: Store): DocumentLog {
  const extents = new Map<string, Promise<Extent>>();

  const rowsOf = (flowId: string) =>
    store.list(flowUpdates, { where: { flowId }, order: { by: 'seq', direction: 'up' } });

  const extentOf = (flowId: string): Promise<Extent> => {
    const known = extents.get(flowId);
    if (known !== undefined) return known;
    const measured = rowsOf(flowId).then(measure);
    extents.set(flowId, measured);
    measured.catch(() => extents.delete(flowId));
    return measured;
  };

  return {
    async read(flowId) {
      return (await rowsOf(flowId)).map(({ update }) => fromBase64(update));
    },

    async append(flowId, update, alongside = []) {
      const extent = await extentOf(flowId);
      if (update.byteLength > documentLimits.update || extent.bytes + update.byteLength > documentLimits.document) {
        throw new AppError('flow_too_large', 'This edit would make the flow larger than allowed');
      }
      const row: FlowUpdateRow = { flowId, seq: extent.next, update: toBase64(update) };
      extent.next += 1;
      extent.count += 1;
      extent.bytes += update.byteLength;
      await store.commit([put(flowUpdates, row), ...alongside]);
    },

    async compact(flowId) {
      const extent = await extentOf(flowId);
      if (extent.count < documentLimits.updatesBeforeCompaction) return;
      const rows = await rowsOf(flowId);
      const last = rows.at(-1);
      if (last === undefined || rows.length < 2) return;
      // What is appended meanwhile has a higher number and stays as it is: only rows that were read are replaced.
      const merged = merge(rows.map(({ update }) => fromBase64(update)));
      const older = rows.slice(0, -1).map(({ seq }) => seq);
      await store.commit([
        remove(flowUpdates, { flowId, seq: older }),
        put(flowUpdates, { flowId, seq: last.seq, update: toBase64(merged) }),
      ]);
      extent.count -= older.length;
      extent.bytes += merged.byteLength - measure(rows).bytes;
    },

    forget: (flowId) => {
      extents.delete(flowId);
    },
  };
}

function measure(rows: readonly FlowUpdateRow[]): Extent {
  return {
    next: (rows.at(-1)?.seq ?? 0) + 1,
    count: rows.length,
    bytes: rows.reduce((sum, { update }) => sum + Math.floor((update.length * 3) / 4), 0),
  };
}

/** One update with the same meaning; a document drops what was deleted, which merging bytes would not. */
function merge(updates: readonly Uint8Array[]): Uint8Array {
  const doc = docOf(updates);
  try {
    return encodeStateAsUpdate(doc);
  } finally {
    doc.destroy();
  }
}

export function docOf(updates: readonly Uint8Array[]): Doc {
  const doc = new Doc();
  doc.transact(() => {
    for (const update of updates) applyUpdate(doc, update);
  });
  return doc;
}

const toBase64 = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
const fromBase64 = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
