/** What streams of the benchmarks carry. */
export interface StreamJob {
  tokens: number;
  /** 0: as fast as they are acknowledged. */
  everyMs: number;
}

export type Streamed = { type: 'ready' };

/** When it was made, in nanoseconds of the machine's clock, which all its processes share. */
export const token = () => String(process.hrtime.bigint());

/** Milliseconds since a token was made. */
export const ageOf = (text: string) => Number(process.hrtime.bigint() - BigInt(text)) / 1e6;
