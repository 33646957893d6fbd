/** Reads the audit log (S13). Nothing here, nor anywhere, changes or removes an entry. */
import { encodeTime } from 'ulid';
import { idPrefixes } from '../../shared/ids.ts';
import type { AuditEntry } from '../../shared/model/audit.ts';
import type { Page, PageRequest } from '../services.ts';
import type { Query, Store, Where } from '../store/store.ts';
import { type AuditRow, audit } from '../store/tables.ts';
import { actionsNamed } from './actions.ts';

export interface AuditFilter {
  action?: string;
  userId?: string;
  /** Milliseconds since 1970, both included. */
  since?: number;
  until?: number;
}

export interface AuditLog {
  /** The latest first. `workspaceId` null: acts upon the host. */
  list(workspaceId: string | null, page: PageRequest & AuditFilter): Promise<Page<AuditEntry>>;
  /** All that match, the oldest first, read page by page. */
  all(workspaceId: string | null, filter: AuditFilter): AsyncIterable<AuditEntry>;
}

const usualPage = 100;
const atOnce = 500;

export function createAuditLog(store: Store): AuditLog {
  return {
    async list(workspaceId, page) {
      const limit = page.limit ?? usualPage;
      const rows = await store.list(audit, {
        ...question(workspaceId, page),
        order: { by: 'id', direction: 'down' },
        ...(page.cursor === undefined ? {} : { after: { column: 'id', value: page.cursor } }),
        limit: limit + 1,
      });
      const items = rows.slice(0, limit);
      const wanted = items.filter(({ at }) => page.since === undefined || at >= page.since);
      const goesOn = rows.length > limit && wanted.length === items.length;
      return { items: wanted.map(toEntry), next: goesOn ? (items.at(-1)?.id ?? null) : null };
    },

    async *all(workspaceId, filter) {
      // Ids rise with time, so the first that counts is found without reading those before.
      let cursor = filter.since === undefined ? '' : `${idPrefixes.act}-${encodeTime(filter.since)}`;
      for (;;) {
        const rows: AuditRow[] = await store.list(audit, {
          ...question(workspaceId, filter),
          order: { by: 'id', direction: 'up' },
          after: { column: 'id', value: cursor },
          limit: atOnce,
        });
        for (const row of rows) yield toEntry(row);
        if (rows.length < atOnce) return;
        cursor = rows.at(-1)?.id ?? cursor;
      }
    },
  };
}

function question(workspaceId: string | null, { action, userId, until }: AuditFilter): Query<AuditRow> {
  const where: Where<AuditRow> = {
    workspaceId,
    ...(action === undefined ? {} : { action: actionsNamed(action) }),
    ...(userId === undefined ? {} : { userId }),
  };
  return { where, ...(until === undefined ? {} : { before: { column: 'at', value: until + 1 } }) };
}

function toEntry({ id, at, workspaceId, actor, address, action, target, details }: AuditRow): AuditEntry {
  return { id, at, workspaceId, actor, from: address, action, target, details };
}
