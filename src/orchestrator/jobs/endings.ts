/** Writes what was decided about jobs, until it is written. */
import { limits } from '../../shared/model/values.ts';
import type { BlobStore } from '../services.ts';
import type { Change, Store } from '../store/store.ts';
import type { Timers } from '../timers.ts';
import { outputChanges } from './output.ts';
import { sizeOver } from './payload.ts';
import { type ActiveJob, lifeChange } from './record.ts';

export interface Endings {
  /** Resolves when the end of the job is durable and has been told; never rejects. */
  finish(job: ActiveJob): Promise<void>;
  /** Resolves when the changes are durable, or writing was stopped; never rejects. */
  persist(changes: () => Change[]): Promise<void>;
  /** Gives up what is not written yet; nobody has been answered for it. */
  stop(): void;
}

const persistAgain = 1_000;

export function createEndings(deps: {
  store: Store;
  blobs: BlobStore;
  timers: Timers;
  log: { error(details: object, message: string): void };
  /** Written together with the ends of these jobs; null where there is nothing to. */
  alongside?: ((ended: readonly ActiveJob[]) => Promise<readonly Change[]> | null) | undefined;
  /** Called for each job after the commit that ended it. */
  tellEnd: (job: ActiveJob) => void;
}): Endings {
  const { store, timers, tellEnd } = deps;
  let stopped = false;

  /** Until it is written: what was decided here is never taken back, and nobody is answered before. */
  const persist = (changes: () => Change[]) => insist(() => store.commit(changes()));
  const insist = async (write: () => Promise<void>): Promise<void> => {
    for (let warned = false; !stopped; warned = true) {
      try {
        return await write();
      } catch (error) {
        if (stopped) return;
        if (!warned) deps.log.error({ err: error }, 'A job could not be written; trying until it can');
        await new Promise<void>((resolve) => void timers.after(persistAgain, resolve));
      }
    }
  };

  /** Ends of jobs that came in one frame are written, and told, together. */
  let endings: { readonly jobs: ActiveJob[]; readonly written: Promise<void> } | null = null;
  const finish = (job: ActiveJob): Promise<void> => {
    const size = job.life.state === 'succeeded' ? sizeOver(job.result, limits.inlinePayload) : null;
    if (size !== null) return finishLarge(job, size);
    if (endings === null) {
      const jobs: ActiveJob[] = [];
      endings = { jobs, written: Promise.resolve().then(() => writeEnds(jobs)) };
    }
    endings.jobs.push(job);
    return endings.written;
  };
  const finishLarge = async (job: ActiveJob, size: number) => {
    await insist(async () => {
      job.result = await toBlob(deps.blobs, job.result, size);
    });
    await writeEnds([job]);
  };
  const writeEnds = async (jobs: readonly ActiveJob[]) => {
    if (endings?.jobs === jobs) endings = null;
    const beside = deps.alongside?.(jobs) ?? null;
    const more = beside === null ? [] : await beside;
    await persist(() => [
      ...jobs.flatMap((job) => [lifeChange(job), ...outputChanges(job.row.id, job.output)]),
      ...more,
    ]);
    if (stopped) return;
    for (const job of jobs) tellEnd(job);
  };
  return {
    finish,
    persist,
    stop() {
      stopped = true;
    },
  };
}

async function toBlob(blobs: BlobStore, value: unknown, size: number): Promise<{ $blob: string; size: number }> {
  const { sha256 } = await blobs.put(once(Buffer.from(JSON.stringify(value))), { maxBytes: size });
  return { $blob: sha256, size };
}

async function* once(content: Uint8Array): AsyncIterable<Uint8Array> {
  yield content;
}
