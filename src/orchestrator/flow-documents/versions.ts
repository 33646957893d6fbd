import { createHash } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { migrateFile } from '../../shared/flows/migrate.ts';
import type { IdSource } from '../../shared/ids.ts';
import type { FlowFile, FlowVersion } from '../../shared/model/flow.ts';
import type { Page, PageRequest, Person } from '../services.ts';
import { patch, put, remove, type Store } from '../store/store.ts';
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
  freeze(
    where: { workspaceId: string; flowId: string | null },
    file: FlowFile,
    by: Person | null,
    how?: { automatic: boolean },
  ): Promise<FrozenFlow>;
  /** Number of the last version; null where there is none. */
  lastNumber(flowId: string): Promise<number | null>;
  list(flowId: string, page: PageRequest): Promise<Page<FlowVersion>>;
  get(flowId: string | null, versionId: string): Promise<FrozenFlow>;
  /** Gives a version its name, or takes it away. Rejects `not_found`. */
  name(flowId: string, versionId: string, name: string | null): Promise<FlowVersion>;
}

/** So many versions that were made after pauses are kept of a flow. */
const mostAutomatic = 50;

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

  /** A version that a run uses, or that has a name, is no longer one of those that go by themselves. */
  const kept = async (row: FlowVersionRow): Promise<FlowVersionRow> => {
    if (row.automatic !== true) return row;
    await store.commit([patch(flowVersions, { id: row.id }, { automatic: null })]);
    return { ...row, automatic: null };
  };

  const dropOldest = async (flowId: string): Promise<void> => {
    const rows = await store.list(flowVersions, {
      where: { flowId, automatic: true },
      order: { by: 'number', direction: 'down' },
    });
    const old = rows.slice(mostAutomatic).map(({ id }) => id);
    if (old.length > 0) await store.commit([remove(flowVersions, { id: old })]);
  };

  return {
    lastNumber,

    freeze: ({ workspaceId, flowId }, file, by, { automatic } = { automatic: false }) =>
      turns.take(flowId ?? workspaceId, async () => {
        const hash = createHash('sha256').update(canonicalJson(file)).digest('hex');
        const last = flowId === null ? 0 : ((await lastNumber(flowId)) ?? 0);
        const before = await same(workspaceId, flowId, hash, last);
        if (before !== null) return toFrozen(automatic ? before : await kept(before));
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
          automatic: automatic || null,
        };
        await store.commit([put(flowVersions, row)]);
        if (flowId !== null) numbers.set(flowId, row.number);
        if (automatic && flowId !== null) await dropOldest(flowId);
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

    name: (flowId, versionId, name) =>
      turns.take(flowId, async () => {
        const row = await store.get(flowVersions, { id: versionId });
        if (row === null || row.flowId !== flowId) throw new AppError('not_found');
        const set = { name, ...(name === null ? {} : { automatic: null }) };
        await store.commit([patch(flowVersions, { id: versionId }, set)]);
        return toFrozen({ ...row, ...set }).version;
      }),
  };
}

function toFrozen({ workspaceId: _, file, automatic, ...version }: FlowVersionRow): FrozenFlow {
  return { version: { ...version, ...(automatic === true ? { automatic } : {}) }, file };
}
