import type { OutputChunk } from '../../shared/model/job.ts';
import { type Change, put } from '../store/store.ts';
import { jobOutputs } from '../store/tables.ts';

/** Characters kept of what a job writes; the oldest go first. */
export const maxOutput = 1024 * 1024;

/** What a job wrote so far, over all its attempts, bounded. */
export interface JobOutput {
  /** False when the chunk is known already: a node that reconnects repeats what was not acknowledged. */
  add(fence: string, chunk: OutputChunk): boolean;
  /** The last sequence number that arrived of the attempt with that fence; −1 for none. */
  lastSeq(fence: string): number;
  read(): { chunks: OutputChunk[]; cut: boolean };
}

export function createOutput(): JobOutput {
  let chunks: OutputChunk[] = [];
  let size = 0;
  let cut = false;
  let fence = '';
  let seq = -1;
  return {
    add(from, chunk) {
      if (from !== fence) {
        fence = from;
        seq = -1;
      }
      if (chunk.seq <= seq) return false;
      seq = chunk.seq;
      chunks.push(chunk);
      size += chunk.text.length;
      let dropped = 0;
      for (; size > maxOutput; dropped += 1) size -= chunks[dropped]?.text.length ?? 0;
      if (dropped > 0) {
        chunks = chunks.slice(dropped);
        cut = true;
      }
      return true;
    },
    lastSeq: (of) => (of === fence ? seq : -1),
    read: () => ({ chunks: [...chunks], cut }),
  };
}

/** One row for each attempt that wrote something. */
export function outputChanges(jobId: string, output: JobOutput | null): Change[] {
  if (output === null) return [];
  const { chunks, cut } = output.read();
  const byAttempt = Map.groupBy(chunks, ({ attempt }) => attempt);
  return [...byAttempt].map(([attempt, written]) => put(jobOutputs, { jobId, attempt, chunks: written, cut }));
}
