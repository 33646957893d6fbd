import { useQuery } from '@tanstack/react-query';
import type { Node, NodeRecord, RecordedAttempt, Reputation as Score } from '../../../shared/model/node.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { nodeRecordQuery } from '../../api/queries.ts';
import { ErrorPanel } from '../../ui/error-state.tsx';
import { formatCount, formatDuration, formatPlural, formatShare } from '../../ui/numbers.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { LoadingWords, Skeleton } from '../../ui/skeleton.tsx';
import { type GlyphState, StateGlyph } from '../../ui/state-glyph.tsx';

/** "612 done, 1 fault, 40 in a row, 12 % faster than the others" */
export function scoreWords({ successes, faults, streak, medianMs, speed }: Score): string {
  return [
    `${formatCount(successes)} done`,
    faults === 0 ? 'no fault' : formatPlural(faults, 'fault'),
    ...(faults > 0 && streak > 0 ? [`${formatCount(streak)} in a row since`] : []),
    ...(medianMs === null ? [] : [`usually ${formatDuration(medianMs)}`]),
    ...(speed === null ? [] : [speedWords(speed)]),
  ].join(', ');
}

function speedWords(speed: number): string {
  if (Math.abs(speed - 1) < 0.05) return 'as fast as the others';
  return speed > 1
    ? `${formatShare(speed - 1)} faster than the others`
    : `${formatShare(1 - speed)} slower than the others`;
}

/** What a node has earned per kind of job, and the attempts that it comes from. */
export function Reputation({ node }: { node: Node }) {
  const record = useQuery({ ...nodeRecordQuery(useApi(), node.id), refetchInterval: 15_000 });
  if (record.data !== undefined) return <Shown record={record.data} />;
  if (record.isError) {
    return (
      <ErrorPanel
        title="Its record could not be loaded"
        onRetry={() => void record.refetch()}
        retrying={record.isFetching}
      >
        {errorWords(record.error).what} {errorWords(record.error).next}
      </ErrorPanel>
    );
  }
  return (
    <>
      <LoadingWords>Loading its record</LoadingWords>
      <Skeleton width="80%" />
    </>
  );
}

function Shown({ record }: { record: NodeRecord }) {
  if (record.kinds.length === 0) return <p className="text-12 text-ink-3">It has done no job yet.</p>;
  return (
    <>
      <ul aria-label="Reputation by kind of job" className="flex flex-col gap-2.5 text-12">
        {record.kinds.map(({ reputation, agreed }) => (
          <li key={reputation.kind}>
            <div className="grid grid-cols-[76px_1fr_28px] items-center gap-2">
              <span className="cut">{reputation.kind}</span>
              <Scale score={reputation.score} />
              <b className="text-right">{reputation.score}</b>
            </div>
            <p className="text-11 text-ink-3">
              {scoreWords(reputation)}
              {agreed > 0 && `; another node agreed ${formatPlural(agreed, 'time')} in a row`}
            </p>
          </li>
        ))}
      </ul>
      <p className="mt-2 text-11 text-ink-3">
        The score is the low end of what its finished attempts allow us to believe. Older ones count half after 7 days.
        A pause or a drain never costs any.
      </p>
      <Evidence record={record} />
    </>
  );
}

/** From 0 to 100: a tick at the score, and what could be above it. */
const Scale = ({ score }: { score: number }) => (
  <span className="relative h-3" aria-hidden="true">
    <i className="absolute top-[5px] right-0 left-0 h-px bg-line-ui" />
    <i className="absolute top-[4px] right-0 h-[3px] rounded-2 bg-ink-3" style={{ left: `${score}%` }} />
    <i className="absolute top-0 h-3 w-0.5 bg-ink" style={{ left: `calc(${score}% - 1px)` }} />
  </span>
);

const mostShown = 40;

/** The latest attempts, of all kinds together. */
function Evidence({ record }: { record: NodeRecord }) {
  const attempts = record.kinds
    .flatMap(({ reputation, attempts: own }) => own.map((attempt) => ({ kind: reputation.kind, attempt })))
    .sort((one, other) => other.attempt.at - one.attempt.at)
    .slice(0, mostShown);
  if (attempts.length === 0) return null;
  return (
    <div className="mt-3">
      <h4 className="mb-1.5 font-strong">Evidence</h4>
      <ol aria-label="Its latest attempts" className="flex flex-col gap-1.5 text-12">
        {attempts.map(({ kind, attempt }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an attempt of another workspace has no name
          <AttemptLine key={`${attempt.at} ${index}`} kind={kind} attempt={attempt} />
        ))}
      </ol>
    </div>
  );
}

const glyphs: Record<RecordedAttempt['outcome'], GlyphState> = {
  succeeded: 'done',
  failed: 'failed',
  lost: 'failed',
  cancelled: 'stopped',
  checked: 'done',
};

/** Whether an attempt counted, and why not: "counts as its fault", "does not count: cancelled". */
export function countedWords({ counted, why, check }: RecordedAttempt): string {
  if (check === 'agreed') return 'another node agreed';
  if (check === 'outvoted') return 'two others gave another result; counts as its fault';
  if (check === 'undecided') return 'no two nodes agreed; does not count';
  if (counted === 'fault') return `counts as its fault${why === null ? '' : `: ${why}`}`;
  return counted === 'success' ? '' : `does not count${why === null ? '' : `: ${why}`}`;
}

function AttemptLine({ kind, attempt }: { kind: string; attempt: RecordedAttempt }) {
  const isFault = attempt.counted === 'fault';
  const glyph = attempt.outcome === 'failed' && !isFault ? 'skipped' : glyphs[attempt.outcome];
  const words = countedWords(attempt);
  return (
    <li className="grid grid-cols-[14px_1fr_auto] items-start gap-2">
      <StateGlyph state={isFault ? 'failed' : glyph} className="mt-0.5" />
      <span className="min-w-0 break-words">
        {attempt.label ?? kind}
        {attempt.ms !== null && <span className="text-ink-3"> {formatDuration(attempt.ms)}</span>}
        {words !== '' && <span className={`block ${isFault ? 'text-fail' : 'text-ink-3'}`}>{words}</span>}
      </span>
      <RelativeTime at={attempt.at} className="whitespace-nowrap text-ink-3" />
    </li>
  );
}
