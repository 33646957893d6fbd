import { useQuery } from '@tanstack/react-query';
import type { JobHappening } from '../../shared/model/job.ts';
import { useApi } from '../api/api.ts';
import { errorWords } from '../api/error-words.ts';
import { jobHistoryQuery } from '../api/queries.ts';
import { ErrorPanel } from '../ui/error-state.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { LoadingWords, Skeleton } from '../ui/skeleton.tsx';
import { type GlyphState, StateGlyph } from '../ui/state-glyph.tsx';

const glyphs: Record<JobHappening['what'], GlyphState> = {
  submitted: 'line',
  waits: 'line',
  assigned: 'running',
  acknowledged: 'running',
  rejected: 'look',
  failed: 'failed',
  lost: 'failed',
  taken_back: 'stopped',
  retried: 'running',
  adopted: 'running',
  stale: 'look',
  requeued: 'line',
  cancelled: 'stopped',
  succeeded: 'done',
  ended: 'failed',
};

/** Still here however long ago: a spinner means work that goes on now. */
const stillGlyph = (what: JobHappening['what']): GlyphState => (glyphs[what] === 'running' ? 'waiting' : glyphs[what]);

/** Everything that happened to a job, the earliest first. */
export function JobHistory({ jobId }: { jobId: string }) {
  const { data, error, isError, isFetching, refetch } = useQuery(jobHistoryQuery(useApi(), jobId));
  if (data === undefined) {
    if (!isError) {
      return (
        <div className="flex flex-col gap-2">
          <LoadingWords>Loading the history</LoadingWords>
          <Skeleton width="80%" />
          <Skeleton width="60%" />
        </div>
      );
    }
    return (
      <ErrorPanel title="The history could not be loaded" onRetry={() => void refetch()} retrying={isFetching}>
        {errorWords(error).what} {errorWords(error).next}
      </ErrorPanel>
    );
  }
  return (
    <>
      <ol aria-label="History" className="flex flex-col gap-2 text-12">
        {data.happenings.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a history are told by their place
          <li key={index} className="row items-start gap-2">
            <StateGlyph state={stillGlyph(one.what)} className="mt-0.5 flex-none" />
            <span className="min-w-0 flex-1 break-words">
              {one.text}
              {one.by === undefined ? '' : `, by ${one.by}`}
            </span>
            <RelativeTime at={one.at} className="whitespace-nowrap text-ink-3" />
          </li>
        ))}
      </ol>
      {data.cut && <p className="mt-2 text-12 text-ink-3">More happened than is kept.</p>}
    </>
  );
}
