/** Which blobs are named, and who did what. */
import type { AuditActor } from '../../../shared/model/audit.ts';
import { table } from '../store.ts';

/**
 * A row that refers to a blob, by table and id. Kept by the store itself, in the transaction that writes the row, so that no
 * writer can forget it; taken away by the sweep, once the row is gone (files/sweep.ts).
 */
export interface BlobNameRow {
  sha256: string;
  holder: string;
}
export const blobNames = table<BlobNameRow>({
  name: 'blob_names',
  key: ['sha256', 'holder'],
  columns: { sha256: 'text', holder: 'text' },
});

/** S13. The database itself refuses to change or remove a row. */
export interface AuditRow {
  id: string;
  at: number;
  workspaceId: string | null;
  actor: AuditActor;
  userId: string | null;
  address: string | null;
  action: string;
  target: string | null;
  details: Record<string, unknown>;
}
export const audit = table<AuditRow>({
  name: 'audit',
  key: ['id'],
  columns: {
    id: 'text',
    at: 'integer',
    workspaceId: 'text',
    actor: 'json',
    userId: 'text',
    address: 'text',
    action: 'text',
    target: 'text',
    details: 'json',
  },
});
