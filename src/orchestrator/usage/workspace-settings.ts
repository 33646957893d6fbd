/** Single values of a workspace: its price table, the private addresses that its HTTP steps may reach. */
import { Check } from 'typebox/value';
import { AppError } from '../../shared/errors.ts';
import { PriceTable } from '../../shared/model/usage.ts';
import { type Allowed, parseAllowed } from '../http-client/addresses.ts';
import { put, type Store } from '../store/store.ts';
import { workspaceSettings } from '../store/tables.ts';

export interface WorkspaceSettings {
  prices(workspaceId: string): Promise<PriceTable>;
  putPrices(workspaceId: string, table: PriceTable): Promise<PriceTable>;
  httpAllow(workspaceId: string): Promise<string[]>;
  /** Rejects `bad_request` for an entry that cannot be read. */
  putHttpAllow(workspaceId: string, entries: readonly string[]): Promise<string[]>;
  allowedIn(workspaceId: string): Promise<Allowed>;
}

/** Prices change, and are nobody's to guess: a workspace puts in what it pays. */
const noPrices: PriceTable = { currency: 'USD', prices: [] };

export function createWorkspaceSettings(store: Store): WorkspaceSettings {
  const value = async (workspaceId: string, name: string): Promise<unknown> =>
    (await store.get(workspaceSettings, { workspaceId, name }))?.value;
  const set = (workspaceId: string, name: string, to: unknown) =>
    store.commit([put(workspaceSettings, { workspaceId, name, value: to })]);
  const httpAllow = async (workspaceId: string): Promise<string[]> => {
    const kept = await value(workspaceId, 'http_allow');
    return Array.isArray(kept) ? kept.filter((entry) => typeof entry === 'string') : [];
  };

  return {
    async prices(workspaceId) {
      const kept = await value(workspaceId, 'prices');
      return Check(PriceTable, kept) ? kept : noPrices;
    },
    async putPrices(workspaceId, table) {
      await set(workspaceId, 'prices', table);
      return table;
    },
    httpAllow,
    async putHttpAllow(workspaceId, entries) {
      const kept = [...new Set(entries.map((entry) => entry.trim()))];
      try {
        parseAllowed(kept);
      } catch (error) {
        throw new AppError('bad_request', error instanceof Error ? error.message : undefined);
      }
      await set(workspaceId, 'http_allow', kept);
      return kept;
    },
    allowedIn: async (workspaceId) => parseAllowed(await httpAllow(workspaceId)),
  };
}
