import { useEffect, useState } from 'react';
import type { OutputChunk } from '../../shared/model/job.ts';
import { useApi } from './api.ts';

export interface JobOutput {
  chunks: readonly OutputChunk[];
  /** The host no longer has the beginning. */
  cut: boolean;
  state: 'loading' | 'here' | 'failed';
}

const nothing: JobOutput = { chunks: [], cut: false, state: 'loading' };
const most = 4000;

/** What a job writes: what it wrote so far, then every chunk as it comes. Pass undefined for a step that is no job. */
export function useJobOutput(jobId: string | undefined): JobOutput {
  const { host, live } = useApi();
  const [output, setOutput] = useState<{ jobId: string | undefined; output: JobOutput }>({ jobId, output: nothing });

  useEffect(() => {
    if (jobId === undefined) return;
    const stop = new AbortController();
    let chunks: readonly OutputChunk[] = [];
    let cut = false;
    const show = (state: JobOutput['state']) => setOutput({ jobId, output: { chunks, cut, state } });
    const load = () =>
      host.client
        .call('getJobOutput', { params: { id: jobId }, signal: stop.signal })
        .then((answer) => {
          chunks = mergeChunks(answer.chunks, chunks);
          cut = answer.cut;
          show('here');
        })
        .catch(() => stop.signal.aborted || show('failed'));
    const unfollow = live.follow(`job:${jobId}`, {
      since: () => null,
      after: () => lastOf(chunks),
      onEvents: (events) => {
        const came = events.flatMap(({ event }) => (event.kind === 'job.output' ? event.chunks : []));
        if (came.length === 0) return;
        chunks = mergeChunks(chunks, came);
        show('here');
      },
      onRefetch: () => void load(),
    });
    void load();
    return () => {
      unfollow();
      stop.abort();
    };
  }, [jobId, host, live]);

  return output.jobId === jobId ? output.output : nothing;
}

/** Chunks in order of attempt and number, each once, the last 4,000. */
export function mergeChunks(one: readonly OutputChunk[], other: readonly OutputChunk[]): readonly OutputChunk[] {
  const last = lastOf(one);
  const follows = last === null || other.every((chunk) => isAfter(chunk, last));
  if (follows) return [...one, ...other].slice(-most);
  const merged = new Map([...one, ...other].map((chunk) => [`${chunk.attempt}.${chunk.seq}`, chunk]));
  return [...merged.values()].sort((a, b) => a.attempt - b.attempt || a.seq - b.seq).slice(-most);
}

const isAfter = (chunk: OutputChunk, last: { attempt: number; seq: number }) =>
  chunk.attempt > last.attempt || (chunk.attempt === last.attempt && chunk.seq > last.seq);

function lastOf(chunks: readonly OutputChunk[]): { attempt: number; seq: number } | null {
  const last = chunks.at(-1);
  return last === undefined ? null : { attempt: last.attempt, seq: last.seq };
}
