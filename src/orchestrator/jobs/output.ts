import type { OutputChunk } from '../../shared/model/job.ts';
import { type Change, put } from '../store/store.ts';
import { jobOutputs } from '../store/tables.ts';

/** Characters kept of what a job writes; the oldest go first. */
export const maxOutput = 1024 * 1024;
/** Texts of one run at most, so that dropping the oldest never moves many. */
const longestRun = 1_000;

/** Chunks that began to come within this time share one, in milliseconds; the event that told of each was exact. */
const sameMoment = 1_000;

/**
 * Chunks that follow one another, of one attempt and stream, and came within a second. Kept and stored as such, an answer
 * of many tokens takes a quarter of what its chunks would.
 */
export interface OutputRun {
  attempt: number;
  /** Of the first text; the others count on. */
  seq: number;
  stream: OutputChunk['stream'];
  /** When the first came. */
  at: number;
  texts: string[];
}

/** What a job wrote so far, over all its attempts, bounded. */
export interface JobOutput {
  /** Those of these chunks of one attempt that are new: a node that reconnects repeats what was not acknowledged. */
  add<Chunk extends Pick<OutputChunk, 'seq' | 'stream' | 'text'>>(
    of: { fence: string; attempt: number },
    chunks: readonly Chunk[],
    at: number,
  ): readonly Chunk[];
  /** The last sequence number that arrived of the attempt with that fence; −1 for none. */
  lastSeq(fence: string): number;
  read(): { chunks: OutputChunk[]; cut: boolean };
  /** The same as it is stored. */
  runs(): { runs: readonly OutputRun[]; cut: boolean };
}

export function createOutput(): JobOutput {
  let runs: OutputRun[] = [];
  let size = 0;
  let cut = false;
  let fence = '';
  let seq = -1;
  const keep = (attempt: number, chunk: Pick<OutputChunk, 'seq' | 'stream' | 'text'>, at: number) => {
    const last = runs.at(-1);
    if (last !== undefined && continues(last, attempt, chunk, at)) last.texts.push(chunk.text);
    else runs.push({ attempt, seq: chunk.seq, stream: chunk.stream, at, texts: [chunk.text] });
    size += chunk.text.length;
  };
  const dropOldest = () => {
    let [whole, texts] = [0, 0];
    while (size > maxOutput) {
      size -= runs[whole]?.texts[texts]?.length ?? 0;
      texts += 1;
      if (texts < (runs[whole]?.texts.length ?? 0)) continue;
      whole += 1;
      texts = 0;
    }
    if (whole > 0) runs = runs.slice(whole);
    const [first] = runs;
    if (first === undefined || texts === 0) return;
    first.seq += texts;
    first.texts.splice(0, texts);
  };
  return {
    add(of, chunks, at) {
      if (of.fence !== fence) {
        fence = of.fence;
        seq = -1;
      }
      const fresh = chunks.every((chunk, index) => chunk.seq > (chunks[index - 1]?.seq ?? seq))
        ? chunks
        : risingFrom(seq, chunks);
      for (const chunk of fresh) keep(of.attempt, chunk, at);
      seq = fresh.at(-1)?.seq ?? seq;
      if (size > maxOutput) {
        cut = true;
        dropOldest();
      }
      return fresh;
    },
    lastSeq: (of) => (of === fence ? seq : -1),
    read: () => ({ chunks: runs.flatMap(chunksOf), cut }),
    runs: () => ({ runs, cut }),
  };
}

const continues = (run: OutputRun, attempt: number, { seq, stream }: Pick<OutputChunk, 'seq' | 'stream'>, at: number) =>
  at - run.at < sameMoment &&
  run.seq + run.texts.length === seq &&
  run.stream === stream &&
  run.attempt === attempt &&
  run.texts.length < longestRun;

function risingFrom<Chunk extends { seq: number }>(last: number, chunks: readonly Chunk[]): Chunk[] {
  let seq = last;
  return chunks.filter((chunk) => {
    if (chunk.seq <= seq) return false;
    seq = chunk.seq;
    return true;
  });
}

const chunksOf = ({ texts, seq, ...of }: OutputRun): OutputChunk[] =>
  texts.map((text, index) => ({ attempt: of.attempt, seq: seq + index, stream: of.stream, text, at: of.at }));

/** One row for each attempt that wrote something. */
export function outputChanges(jobId: string, output: JobOutput | null): Change[] {
  if (output === null) return [];
  const { runs, cut } = output.runs();
  const byAttempt = Map.groupBy(runs, ({ attempt }) => attempt);
  return [...byAttempt].map(([attempt, written]) => put(jobOutputs, { jobId, attempt, chunks: written, cut }));
}

/** The chunks of what `outputChanges` stored, in this version as runs, in the first one as single chunks. */
export const storedChunks = (rows: readonly { chunks: unknown }[]): OutputChunk[] =>
  rows.flatMap(({ chunks }) =>
    (chunks as (OutputRun | OutputChunk)[]).flatMap((stored) => ('texts' in stored ? chunksOf(stored) : [stored])),
  );
