import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { put, remove, type Store } from '../store/store.ts';
import { type IdempotencyRow, idempotency } from '../store/tables.ts';

export interface Answer {
  status: number;
  body: unknown;
}

/**
 * A request with an Idempotency-Key is done once; repeats get its answer, for a day (the cleaner removes it then).
 *
 *     none ── reserve (durable) ──▶ reserved ── act ── keep the answer ──▶ answered
 *                                      │ act fails: released                 └─ repeats get it
 *                                      ├─ a repeat meanwhile: idempotency_in_progress
 *                                      └─ the host stops: idempotency_unknown, because the act may have been done
 */
export interface Idempotency {
  /**
   * Performs `act` once per (scope, key). `hash` identifies the request; rejects `idempotency_mismatch` when the key came
   * with another one. Only answers that succeeded are kept; `keep` false keeps no body, since it holds a secret.
   */
  once(
    request: { scope: string; key: string; hash: string; keep: boolean },
    act: () => Promise<Answer>,
  ): Promise<Answer & { repeated: boolean }>;
}

const day = 24 * 60 * 60_000;
/** Keys of one person within a day. */
export const mostKeys = 10_000;
/** A longer answer is not kept. */
export const mostAnswer = 64 * 1024;

/** In place of a status while nobody knows the answer. */
const reserved = 0;
/** A body that was too long to be kept; no answer is text alone. */
const tooLong = 'too long';

export function createIdempotency(store: Store, clock: Clock): Idempotency {
  /** What this start of the host works on. */
  const going = new Map<string, string>();

  const repeat = (row: IdempotencyRow, { hash, keep }: { hash: string; keep: boolean }): Answer => {
    if (row.hash !== hash) throw new AppError('idempotency_mismatch');
    if (row.status === reserved) throw new AppError('idempotency_unknown');
    if (!keep) throw new AppError('conflict', 'This was done already; its answer held a secret and is not kept');
    if (row.body === tooLong) throw new AppError('conflict', 'This was done already; its answer was too long to keep');
    return { status: row.status, body: row.body ?? undefined };
  };

  /** Before anything is done, so that a kill at any point later is seen. */
  const reserve = async ({ scope, key, hash }: { scope: string; key: string; hash: string }) => {
    if ((await store.count(idempotency, { scope })) >= mostKeys) {
      throw new AppError('too_many_requests', `At most ${mostKeys} idempotency keys a day`);
    }
    const row: IdempotencyRow = { scope, key, hash, status: reserved, body: null, createdAt: clock.now() };
    await store.commit([put(idempotency, row)]);
    return row;
  };

  const perform = async (row: IdempotencyRow, keep: boolean, act: () => Promise<Answer>): Promise<Answer> => {
    let answer: Answer;
    try {
      answer = await act();
    } catch (error) {
      // Where even this cannot be written the key stays reserved, which is the careful side.
      await store.commit([remove(idempotency, { scope: row.scope, key: row.key })]).catch(() => undefined);
      throw error;
    }
    const body = keep ? (answer.body ?? null) : null;
    const kept = JSON.stringify(body).length > mostAnswer ? tooLong : body;
    await store.commit([put(idempotency, { ...row, status: answer.status, body: kept })]).catch(() => undefined);
    return answer;
  };

  return {
    async once(request, act) {
      const { scope, key, hash, keep } = request;
      const name = `${scope} ${key}`;
      const now = going.get(name);
      if (now !== undefined) throw new AppError(now === hash ? 'idempotency_in_progress' : 'idempotency_mismatch');
      going.set(name, hash);
      try {
        const before = await store.get(idempotency, { scope, key });
        if (before !== null && before.createdAt > clock.now() - day)
          return { ...repeat(before, request), repeated: true };
        return { ...(await perform(await reserve(request), keep, act)), repeated: false };
      } finally {
        going.delete(name);
      }
    },
  };
}
