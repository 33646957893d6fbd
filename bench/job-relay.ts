/** What is compared: jobs in, results out, stored in between. */
export interface Payload {
  text: string;
  n: number;
}

export interface JobRelay {
  /** Hands in jobs in one call; `acknowledged` is called when they are durable. */
  submit(inputs: readonly Payload[], acknowledged: () => void): void;
  /** Called for each job whose result is stored. */
  onEnded(listener: () => void, fail: (error: Error) => void): void;
  stop(): Promise<void>;
}

/** Has `count` jobs done, `perCall` a call, with at most `window` unfinished. Answers jobs per second. */
export async function throughput(
  relay: JobRelay,
  input: Payload,
  { count, perCall, window }: { count: number; perCall: number; window: number },
): Promise<number> {
  let submitted = 0;
  let acknowledged = 0;
  let ended = 0;
  const startedAt = performance.now();
  await new Promise<void>((resolve, reject) => {
    const inputs = Array.from({ length: perCall }, () => input);
    const more = () => {
      while (submitted < count && submitted - ended + perCall <= window) {
        submitted += perCall;
        relay.submit(inputs, () => {
          acknowledged += perCall;
        });
      }
    };
    relay.onEnded(() => {
      ended += 1;
      if (ended === count) resolve();
      else more();
    }, reject);
    more();
  });
  if (acknowledged !== count) throw new Error(`${acknowledged} of ${count} were acknowledged`);
  return count / ((performance.now() - startedAt) / 1_000);
}

/** Submits `perSecond` jobs for `seconds`, evenly. Answers how long each took until its result, in milliseconds, sorted. */
export async function latencies(
  relay: JobRelay,
  input: Payload,
  perSecond: number,
  seconds: number,
): Promise<number[]> {
  const times: number[] = [];
  const begun: number[] = [];
  const count = perSecond * seconds;
  await new Promise<void>((resolve, reject) => {
    // Jobs end in their order here: one at a time is on its way.
    relay.onEnded(() => {
      times.push(performance.now() - (begun.shift() ?? Number.NaN));
      if (times.length === count) resolve();
    }, reject);
    const startedAt = performance.now();
    const next = (index: number) => {
      if (index === count) return;
      begun.push(performance.now());
      relay.submit([input], () => undefined);
      setTimeout(() => next(index + 1), Math.max(0, startedAt + ((index + 1) * 1_000) / perSecond - performance.now()));
    };
    next(0);
  });
  return times.sort((left, right) => left - right);
}

export const percentile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
