/** Secrets of workspaces by name, for `{{ secrets.NAME }}`: put in, used by the host, never read again (data.md). */
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { SecretEntry } from '../../shared/model/api-key.ts';
import { HostFault } from '../host-executors/host-executor.ts';
import type { Vault } from '../keys/vault.ts';
import type { Person } from '../services.ts';
import { patch, put, remove, type Store } from '../store/store.ts';
import { type SecretRow, secrets } from '../store/tables.ts';

export interface SecretService {
  list(workspaceId: string): Promise<SecretEntry[]>;
  put(workspaceId: string, by: Person, name: string, value: string): Promise<SecretEntry>;
  delete(workspaceId: string, name: string): Promise<void>;
  /** The values of these names; rejects a HostFault `secret_missing` with the names that there are not. */
  open(workspaceId: string, names: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

const mostSecrets = 500;

export function createSecretService(deps: { store: Store; vault: Vault; clock: Clock }): SecretService {
  const { store, vault, clock } = deps;
  return {
    async list(workspaceId) {
      const rows = await store.list(secrets, { where: { workspaceId }, order: { by: 'name', direction: 'up' } });
      return rows.map(toEntry);
    },

    async put(workspaceId, by, name, value) {
      const before = await store.get(secrets, { workspaceId, name });
      if (before === null && (await store.count(secrets, { workspaceId })) >= mostSecrets) {
        throw new AppError('too_many_keys');
      }
      const now = clock.now();
      const row: SecretRow = {
        workspaceId,
        name,
        sealed: vault.seal(value, 'secret', workspaceId, name),
        createdAt: before?.createdAt ?? now,
        updatedAt: now,
        updatedBy: by.name,
        lastUsedAt: before?.lastUsedAt ?? null,
      };
      await store.commit([put(secrets, row)]);
      return toEntry(row);
    },

    async delete(workspaceId, name) {
      await store.commit([remove(secrets, { workspaceId, name })]);
    },

    async open(workspaceId, names) {
      if (names.length === 0) return new Map();
      const rows = await store.list(secrets, { where: { workspaceId, name: [...names] } });
      const values = new Map<string, string>();
      for (const { name, sealed } of rows) {
        const value = vault.open(sealed, 'secret', workspaceId, name);
        if (value !== null) values.set(name, value);
      }
      const missing = names.filter((name) => !values.has(name));
      if (missing.length > 0) {
        throw new HostFault('secret_missing', `There is no secret ${missing.join(', ')}. Put it in on the page Keys.`);
      }
      await store.commit(rows.map(({ name }) => patch(secrets, { workspaceId, name }, { lastUsedAt: clock.now() })));
      return values;
    },
  };
}

function toEntry({ name, createdAt, updatedAt, updatedBy, lastUsedAt }: SecretRow): SecretEntry {
  return { name, createdAt, updatedAt, updatedBy, lastUsedAt };
}
