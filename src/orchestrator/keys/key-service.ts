/** Provider keys of workspaces (S5): kept sealed, tried on entry, opened only for a call of the host. */
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { IdSource } from '../../shared/ids.ts';
import {
  type KeyTest,
  type Provider,
  type ProviderKey,
  type ProviderModel,
  usualBaseUrl,
} from '../../shared/model/api-key.ts';
import { inferenceErrors } from '../../shared/model/inference.ts';
import { HostFault } from '../host-executors/host-executor.ts';
import { redactionOf } from '../http-client/redact.ts';
import { providerApis, type Target } from '../providers/provider.ts';
import type { Person } from '../services.ts';
import { patch, put, remove, type Store } from '../store/store.ts';
import { type ProviderKeyRow, providerKeys, users } from '../store/tables.ts';
import type { Vault } from './vault.ts';

export interface NewKey {
  name: string;
  provider: Provider;
  baseUrl?: string;
  secret: string;
  untested?: boolean;
}
export interface KeyChanges {
  name?: string;
  enabled?: boolean;
  secret?: string;
  baseUrl?: string;
}

export interface KeyService {
  list(workspaceId: string): Promise<ProviderKey[]>;
  /** Rejects `key_refused`, with the provider's words, where the provider does not take it. */
  create(workspaceId: string, by: Person, key: NewKey): Promise<ProviderKey>;
  test(key: Omit<NewKey, 'name' | 'untested'>): Promise<KeyTest>;
  /** Rejects `key_needs_secret` for another address without the secret: a key is sent only where it was meant to go. */
  update(keyId: string, changes: KeyChanges): Promise<ProviderKey>;
  delete(keyId: string): Promise<void>;
  /** Tries it again and reads its models anew. */
  refresh(keyId: string): Promise<ProviderKey>;
  /** For a call of the host; notes who used it. Rejects HostFaults `key_missing`, `key_disabled`. */
  use(workspaceId: string, keyId: string, by: string | null): Promise<{ target: Target; provider: Provider }>;
  /** What came of a use: null when it went well. */
  used(keyId: string, error: HostFault | null): Promise<void>;
}

const mostKeys = 100;
/** Milliseconds that trying a key may take. */
const testDeadline = 20_000;
const mostModels = 2_000;
/** Characters that a secret must have before its last four are shown. */
const longEnough = 16;

export function createKeyService(deps: { store: Store; vault: Vault; clock: Clock; ids: IdSource }): KeyService {
  const { store, vault, clock, ids } = deps;

  const existing = async (keyId: string): Promise<ProviderKeyRow> => {
    const row = await store.get(providerKeys, { id: keyId });
    if (row === null) throw new AppError('not_found', 'There is no such key');
    return row;
  };
  const shown = async (rows: readonly ProviderKeyRow[]): Promise<ProviderKey[]> => {
    const makers = [...new Set(rows.flatMap(({ createdBy }) => createdBy ?? []))];
    const people = makers.length === 0 ? [] : await store.list(users, { where: { id: makers } });
    const names = new Map(people.map(({ id, name }) => [id, name]));
    return rows.map((row) => toKey(row, names));
  };
  const one = async (keyId: string): Promise<ProviderKey> => {
    const [key] = await shown([await existing(keyId)]);
    if (key === undefined) throw new AppError('not_found');
    return key;
  };
  const seal = (secret: string, workspaceId: string, keyId: string) => ({
    sealed: vault.seal(secret, 'provider-key', workspaceId, keyId),
    last4: secret.length < longEnough ? '' : secret.slice(-4),
  });
  const opened = ({ workspaceId, id, sealed }: ProviderKeyRow): string => {
    const secret = vault.open(sealed, 'provider-key', workspaceId, id);
    if (secret === null)
      throw new HostFault('key_unreadable', 'This key cannot be opened on this host. Put it in again.');
    return secret;
  };
  const tried = async (provider: Provider, target: Target): Promise<KeyTest> => {
    const deadline = AbortSignal.timeout(testDeadline);
    try {
      const models = await providerApis[provider].models(target, deadline);
      const safe = redactionOf([target.secret]).value(models.slice(0, mostModels));
      return { ok: true, models: safe as ProviderModel[] };
    } catch (error) {
      return { ok: false, models: [], error: testError(error, deadline) };
    }
  };
  const lastError = ({ error }: KeyTest) =>
    error === undefined ? null : { code: error.code, message: error.message, at: clock.now() };

  return {
    list: async (workspaceId) =>
      shown(await store.list(providerKeys, { where: { workspaceId }, order: { by: 'id', direction: 'up' } })),

    async create(workspaceId, by, { name, provider, baseUrl = usualBaseUrl[provider], secret, untested }) {
      if ((await store.count(providerKeys, { workspaceId })) >= mostKeys) throw new AppError('too_many_keys');
      const test = untested === true ? null : await tried(provider, { baseUrl, secret });
      if (test?.error !== undefined) throw new AppError('key_refused', test.error.message);
      const id = ids.next('key');
      const row: ProviderKeyRow = {
        ...{ id, workspaceId, name, provider, baseUrl, ...seal(secret, workspaceId, id) },
        models: test?.models ?? [],
        modelsAt: test === null ? null : clock.now(),
        enabled: true,
        createdBy: by.userId,
        createdAt: clock.now(),
        lastUsedAt: null,
        lastUsedBy: null,
        lastError: null,
      };
      await store.commit([put(providerKeys, row)]);
      return one(id);
    },

    test: ({ provider, baseUrl = usualBaseUrl[provider], secret }) => tried(provider, { baseUrl, secret }),

    async update(keyId, { name, enabled, secret, baseUrl }) {
      const row = await existing(keyId);
      if (baseUrl !== undefined && baseUrl !== row.baseUrl && secret === undefined) {
        throw new AppError('key_needs_secret');
      }
      const set: Partial<ProviderKeyRow> = {
        ...(name === undefined ? {} : { name }),
        ...(enabled === undefined ? {} : { enabled }),
        ...(baseUrl === undefined ? {} : { baseUrl }),
      };
      if (secret !== undefined) {
        const test = await tried(row.provider, { baseUrl: baseUrl ?? row.baseUrl, secret });
        if (test.error !== undefined) throw new AppError('key_refused', test.error.message);
        Object.assign(set, seal(secret, row.workspaceId, keyId), {
          models: test.models,
          modelsAt: clock.now(),
          lastError: null,
        });
      }
      if (Object.keys(set).length > 0) await store.commit([patch(providerKeys, { id: keyId }, set)]);
      return one(keyId);
    },

    async delete(keyId) {
      await store.commit([remove(providerKeys, { id: keyId })]);
    },

    async refresh(keyId) {
      const row = await existing(keyId);
      const secret = vault.open(row.sealed, 'provider-key', row.workspaceId, keyId);
      if (secret === null) throw new AppError('key_refused', 'This key cannot be opened on this host; put it in again');
      const test = await tried(row.provider, { baseUrl: row.baseUrl, secret });
      const models = test.ok ? { models: test.models, modelsAt: clock.now() } : {};
      await store.commit([patch(providerKeys, { id: keyId }, { ...models, lastError: lastError(test) })]);
      return one(keyId);
    },

    async use(workspaceId, keyId, by) {
      const row = await store.get(providerKeys, { id: keyId });
      // Nothing crosses workspaces: another's key is no key.
      if (row === null || row.workspaceId !== workspaceId) throw keyFault('key_missing', 'Its provider key is gone');
      if (!row.enabled) throw keyFault('key_disabled', `The key ${row.name} is disabled`);
      const secret = opened(row);
      await store.commit([patch(providerKeys, { id: keyId }, { lastUsedAt: clock.now(), lastUsedBy: by })]);
      return { target: { baseUrl: row.baseUrl, secret }, provider: row.provider };
    },

    async used(keyId, error) {
      const row = await store.get(providerKeys, { id: keyId });
      if (row === null || (error === null && row.lastError === null)) return;
      const { code = '', message = '' } = error ?? {};
      const now = error === null ? null : { code, message, at: clock.now() };
      await store.commit([patch(providerKeys, { id: keyId }, { lastError: now })]);
    },
  };
}

function keyFault(code: 'key_missing' | 'key_disabled', happened: string): HostFault {
  return new HostFault(code, `${happened}. ${inferenceErrors[code].next}`);
}

function testError(error: unknown, deadline: AbortSignal): NonNullable<KeyTest['error']> {
  if (error instanceof HostFault) {
    const next = code(error.code) ? inferenceErrors[error.code as keyof typeof inferenceErrors].next : '';
    return { code: error.code, message: error.message, next };
  }
  if (!deadline.aborted) throw error;
  const { next } = inferenceErrors.provider_unreachable;
  return { code: 'provider_unreachable', message: `It did not answer within ${testDeadline / 1_000} s. ${next}`, next };
}

const code = (name: string) => name in inferenceErrors;

function toKey(row: ProviderKeyRow, names: ReadonlyMap<string, string>): ProviderKey {
  const { sealed: _sealed, createdBy, ...shown } = row;
  const name = createdBy === null ? undefined : names.get(createdBy);
  return { ...shown, createdBy: createdBy === null || name === undefined ? null : { userId: createdBy, name } };
}
