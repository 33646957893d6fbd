import { setTimeout as wait } from 'node:timers/promises';
import { cancelled, type Executor, ExecutorError } from '../../../src/worker/executors/executor.ts';

/** What an `echo` job is asked for. */
export interface EchoInput {
  key: string;
  /** Milliseconds. */
  takes: number;
  /** Fails by the job's own fault. */
  fails?: boolean;
  /** So many chunks are written before it ends. */
  writes?: number;
}

export interface EchoResult {
  key: string;
  /** Different in every execution: tells whose result was accepted. */
  by: string;
}

/** Work that costs nothing, so that hundreds of jobs fit into seconds; everything around it is the product. */
export function createEcho(newId: () => string): Executor {
  return {
    kind: 'echo',
    leastRamMb: 1,
    async execute({ input }, { signal, chunk }) {
      const { key, takes, fails, writes = 0 } = input as EchoInput;
      for (let count = 0; count < writes; count += 1) await chunk('token', `${key} ${count}\n`);
      await wait(takes, undefined, { signal }).catch(() => Promise.reject(cancelled()));
      if (fails === true) throw new ExecutorError('asked_to_fail', `${key} was asked to fail`, 'job');
      return { key, by: newId() } satisfies EchoResult;
    },
    stop: async () => undefined,
  };
}
