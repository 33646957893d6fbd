import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { IdSource } from '../../shared/ids.ts';
import type { Session, Token, User } from '../../shared/model/user.ts';
import { patch, put, remove, type Store } from '../store/store.ts';
import { type CredentialRow, credentials, users } from '../store/tables.ts';
import { hashSecret, newSecret, type RandomBytes } from './secrets.ts';

/** Somebody who is signed in, and with what. */
export interface Principal {
  user: User;
  /** The session or token; null for the owner's token of this start. */
  credentialId: string | null;
  kind: 'session' | 'token' | 'start';
}

/** Sign-in links, sessions and tokens. Secrets leave here once and are kept only as SHA-256 (S2). */
export interface Credentials {
  createLink(userId: string): Promise<{ code: string; expiresAt: number }>;
  /** Spends a sign-in link. Rejects `sign_in_link_spent` for every code that does not work, whatever the reason. */
  signIn(code: string, userAgent: string): Promise<{ user: User; secret: string; expiresAt: number }>;
  authenticate(kind: 'session' | 'token', secret: string): Promise<Principal | null>;
  /** The person behind a ticket, as long as the credential it was asked for with is good. */
  principalOf(holder: { userId: string; credentialId: string | null }): Promise<Principal | null>;
  sessions(userId: string): Promise<Omit<Session, 'current'>[]>;
  tokens(userId: string): Promise<Token[]>;
  createToken(userId: string, name: string): Promise<{ token: Token; secret: string }>;
  /** Ends a session or token of this person at once. Rejects `not_found`. */
  end(userId: string, kind: 'session' | 'token', id: string): Promise<void>;
  /** Ends every session, token and sign-in link of this person at once. */
  endAll(userId: string): Promise<void>;
  /** Forgets what has run out. */
  clean(): Promise<void>;
  onEnded(listener: (credentialId: string) => void): () => void;
}

const linkLifetime = 10 * 60_000;
const sessionLifetime = 30 * 24 * 60 * 60_000;
/** How stale `lastUsedAt` may be, so that reading does not write each time. */
const usedWithin = 60_000;

export function createCredentials(deps: {
  store: Store;
  clock: Clock;
  ids: IdSource;
  random: RandomBytes;
}): Credentials {
  const { store, clock, ids, random } = deps;
  const spending = new Set<string>();
  const listeners = new Set<(credentialId: string) => void>();

  const find = async (kind: CredentialRow['kind'], secret: string): Promise<CredentialRow | null> => {
    const [row] = await store.list(credentials, { where: { hash: hashSecret(secret), kind }, limit: 1 });
    return row !== undefined && !isOver(row, clock.now()) ? row : null;
  };

  const add = async (row: Omit<CredentialRow, 'hash' | 'createdAt' | 'lastUsedAt'>, secret: string) => {
    const whole = { ...row, hash: hashSecret(secret), createdAt: clock.now(), lastUsedAt: null };
    await store.commit([put(credentials, whole)]);
    return whole;
  };

  const noteUse = async (row: CredentialRow): Promise<void> => {
    const now = clock.now();
    if (row.lastUsedAt !== null && now - row.lastUsedAt < usedWithin) return;
    const longer = row.kind === 'session' ? { expiresAt: now + sessionLifetime } : {};
    await store.commit([patch(credentials, { id: row.id }, { lastUsedAt: now, ...longer })]);
  };

  const personOf = async (row: CredentialRow): Promise<Principal | null> => {
    const user = await store.get(users, { id: row.userId });
    if (user === null || row.kind === 'link') return null;
    return { user, credentialId: row.id, kind: row.kind };
  };

  const ofPerson = (userId: string, kind: CredentialRow['kind']) =>
    store.list(credentials, { where: { userId, kind }, order: { by: 'id', direction: 'down' }, limit: 500 });

  return {
    async createLink(userId) {
      const code = newSecret(random);
      const expiresAt = clock.now() + linkLifetime;
      await add({ id: ids.next('key'), kind: 'link', userId, name: 'Sign-in link', expiresAt }, code);
      return { code, expiresAt };
    },

    async signIn(code, userAgent) {
      const link = await find('link', code);
      const user = link === null ? null : await store.get(users, { id: link.userId });
      if (link === null || user === null || spending.has(link.id)) throw new AppError('sign_in_link_spent');
      spending.add(link.id);
      try {
        const secret = newSecret(random);
        const now = clock.now();
        const session: CredentialRow = {
          id: ids.next('session'),
          kind: 'session',
          userId: user.id,
          hash: hashSecret(secret),
          name: userAgent.slice(0, 200),
          createdAt: now,
          lastUsedAt: now,
          expiresAt: now + sessionLifetime,
        };
        await store.commit([remove(credentials, { id: link.id }), put(credentials, session)]);
        return { user, secret, expiresAt: now + sessionLifetime };
      } finally {
        spending.delete(link.id);
      }
    },

    async authenticate(kind, secret) {
      const row = await find(kind, secret);
      if (row === null) return null;
      await noteUse(row);
      return personOf(row);
    },

    async principalOf({ userId, credentialId }) {
      if (credentialId === null) {
        const user = await store.get(users, { id: userId });
        return user === null ? null : { user, credentialId: null, kind: 'start' };
      }
      const row = await store.get(credentials, { id: credentialId });
      return row === null || isOver(row, clock.now()) ? null : personOf(row);
    },

    async sessions(userId) {
      const rows = await ofPerson(userId, 'session');
      return rows
        .filter((row) => !isOver(row, clock.now()))
        .map(({ id, name, createdAt, lastUsedAt }) => ({
          id,
          userAgent: name,
          createdAt,
          lastUsedAt: lastUsedAt ?? createdAt,
        }));
    },

    async tokens(userId) {
      return (await ofPerson(userId, 'token')).map(toToken);
    },

    async createToken(userId, name) {
      const secret = newSecret(random);
      const row = await add({ id: ids.next('token'), kind: 'token', userId, name, expiresAt: null }, secret);
      return { token: toToken(row), secret };
    },

    async end(userId, kind, id) {
      const row = await store.get(credentials, { id });
      if (row === null || row.userId !== userId || row.kind !== kind) throw new AppError('not_found');
      await store.commit([remove(credentials, { id })]);
      for (const listener of listeners) listener(id);
    },

    async endAll(userId) {
      const rows = await store.list(credentials, { where: { userId } });
      if (rows.length === 0) return;
      await store.commit([remove(credentials, { id: rows.map(({ id }) => id) })]);
      for (const { id } of rows) for (const listener of listeners) listener(id);
    },

    async clean() {
      const oldest = await store.list(credentials, { order: { by: 'createdAt', direction: 'up' }, limit: 1000 });
      const over = oldest.filter((row) => isOver(row, clock.now())).map((row) => row.id);
      if (over.length > 0) await store.commit([remove(credentials, { id: over })]);
    },

    onEnded(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function isOver(row: CredentialRow, now: number): boolean {
  return row.expiresAt !== null && row.expiresAt <= now;
}

function toToken({ id, name, createdAt, lastUsedAt }: CredentialRow): Token {
  return { id, name, createdAt, lastUsedAt };
}
