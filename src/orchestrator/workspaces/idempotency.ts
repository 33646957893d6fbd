import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { put, remove, type Store } from '../store/store.ts';
import { type IdempotencyRow, idempotency } from '../store/tables.ts';

export interface Answer {
  status: number;
  body: unknown;
}

/** Repeats of a request with the same Idempotency-Key get the first answer, for a day. */
export interface Idempotency {
  /**
   * Performs `act` once per (scope, key). `hash` identifies the request; rejects `idempotency_mismatch` when the key came
   * with another one. Only answers that succeeded are kept; `keep` false keeps no body, since it holds a secret.
   */
  once(
    request: { scope: string; key: string; hash: string; keep: boolean },
    act: () => Promise<Answer>,
  ): Promise<Answer & { repeated: boolean }>;
  clean(): Promise<void>;
}

const day = 24 * 60 * 60_000;

export function createIdempotency(store: Store, clock: Clock): Idempotency {
  const going = new Map<string, { hash: string; answer: Promise<Answer> }>();

  const stored = async (scope: string, key: string): Promise<IdempotencyRow | null> => {
    const row = await store.get(idempotency, { scope, key });
    return row !== null && row.createdAt > clock.now() - day ? row : null;
  };

  const repeat = (row: IdempotencyRow, request: { hash: string; keep: boolean }): Answer => {
    if (row.hash !== request.hash) throw new AppError('idempotency_mismatch');
    if (!request.keep)
      throw new AppError('conflict', 'This was done already; its answer held a secret and is not kept');
    return { status: row.status, body: row.body ?? undefined };
  };

  const perform = async (request: Parameters<Idempotency['once']>[0], act: () => Promise<Answer>): Promise<Answer> => {
    const { scope, key, hash, keep } = request;
    const answer = await act();
    const body = keep ? (answer.body ?? null) : null;
    await store.commit([put(idempotency, { scope, key, hash, status: answer.status, body, createdAt: clock.now() })]);
    return answer;
  };

  return {
    async once(request, act) {
      const name = `${request.scope} ${request.key}`;
      const now = going.get(name);
      if (now !== undefined) {
        if (now.hash !== request.hash) throw new AppError('idempotency_mismatch');
        return { ...(await now.answer), repeated: true };
      }
      const settled = (async () => {
        const row = await stored(request.scope, request.key);
        if (row !== null) return { ...repeat(row, request), repeated: true };
        return { ...(await perform(request, act)), repeated: false };
      })();
      going.set(name, { hash: request.hash, answer: settled });
      try {
        return await settled;
      } finally {
        going.delete(name);
      }
    },

    async clean() {
      const oldest = await store.list(idempotency, { order: { by: 'createdAt', direction: 'up' }, limit: 1000 });
      const over = oldest.filter((row) => row.createdAt <= clock.now() - day);
      if (over.length > 0) await store.commit(over.map(({ scope, key }) => remove(idempotency, { scope, key })));
    },
  };
}
