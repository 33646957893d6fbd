import { createHash } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { migrateFile } from '../../shared/flows/migrate.ts';
import type { IdSource } from '../../shared/ids.ts';
import type { FlowFile, FlowVersion } from '../../shared/model/flow.ts';
import type { Page, PageRequest, Person } from '../services.ts';
import { put, type Store } from '../store/store.ts';
import { type FlowVersionRow, flowVersions } from '../store/tables.ts';
import { createTurns } from '../turns.ts';
import { canonicalJson } from './canonical-json.ts';

export interface FrozenFlow {
  version: FlowVersion;
  file: FlowFile;
}

/** Frozen versions of flows: what runs execute. */
export interface Versions {
  /** A new version, or the last one where nothing has changed since. `flowId` null: of a file that is no flow here. */
  freeze(where: { workspaceId: string; flowId: string | null }, file: FlowFile, by: Person | null): Promise<FrozenFlow>;
  /** Number of the last version; null where there is none. */
  lastNumber(flowId: string): Promise<number | null>;
  list(flowId: string, page: PageRequest): Promise<Page<FlowVersion>>;
  get(flowId: string | null, versionId: string): Promise<FrozenFlow>;
}

export function createVersions({ store, clock, ids }: { store: Store; clock: Clock; ids: IdSource }): Versions {
  const turns = createTurns();
  const numbers = new Map<string, number>();

  const lastNumber = async (flowId: string): Promise<number | null> => {
    const known = numbers.get(flowId) ?? (await store.max(flowVersions, 'number', { flowId }));
    numbers.set(flowId, known);
    return known === 0 ? null : known;
  };

  /** The version to take again: for a flow its last, for a file any of the workspace. */
  const same = async (workspaceId: string, flowId: string | null, hash: string, last: number) => {
    const where = flowId === null ? { workspaceId, flowId, hash } : { flowId, hash, number: last };
    const [row] = await store.list(flowVersions, { where, limit: 1 });
    return row ?? null;
  };

  return {
    lastNumber,

    freeze: ({ workspaceId, flowId }, file, by) =>
      turns.take(flowId ?? workspaceId, async () => {
        const hash = createHash('sha256').update(canonicalJson(file)).digest('hex');
        const last = flowId === null ? 0 : ((await lastNumber(flowId)) ?? 0);
        const before = await same(workspaceId, flowId, hash, last);
        if (before !== null) return toFrozen(before);
        const row: FlowVersionRow = {
          id: ids.next('version'),
          workspaceId,
          flowId,
          number: last + 1,
          name: null,
          hash,
          file,
          authorName: by?.name ?? null,
          createdAt: clock.now(),
        };
        await store.commit([put(flowVersions, row)]);
        if (flowId !== null) numbers.set(flowId, row.number);
        return toFrozen(row);
      }),

    async list(flowId, page) {
      const limit = page.limit ?? 50;
      const rows = await store.list(flowVersions, {
        where: { flowId },
        order: { by: 'id', direction: 'down' },
        limit: limit + 1,
        ...(page.cursor === undefined ? {} : { after: { column: 'id', value: page.cursor } }),
      });
      const items = rows.slice(0, limit).map((row) => toFrozen(row).version);
      return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },

    async get(flowId, versionId) {
      const row = await store.get(flowVersions, { id: versionId });
      if (row === null || (flowId !== null && row.flowId !== flowId)) throw new AppError('not_found');
      const { version, file } = toFrozen(row);
      return { version, file: migrateFile(file) };
    },
  };
}

function toFrozen({ workspaceId: _, file, ...version }: FlowVersionRow): FrozenFlow {
  return { version, file };
}
