import { useQuery } from '@tanstack/react-query';
import type { Explanation, NodeAnswer } from '../../shared/model/job.ts';
import { useApi } from '../api/api.ts';
import { errorWords } from '../api/error-words.ts';
import { explanationQuery } from '../api/queries.ts';
import { ErrorPanel } from '../ui/error-state.tsx';
import { MachineChip } from '../ui/machine-chip.tsx';
import { Notice } from '../ui/notice.tsx';
import { formatAbout, formatCount, formatExpected, formatPlural } from '../ui/numbers.ts';
import { LoadingWords, Skeleton } from '../ui/skeleton.tsx';
import { useMachines } from './machines.ts';

/** Why a job waits: who could do it and when, why the others can't, what would help. Asked for again while one looks. */
export function WhyWaits({ jobId }: { jobId: string }) {
  const { data, error, isError, isFetching, refetch } = useQuery(explanationQuery(useApi(), jobId));
  if (data !== undefined) return <Answer explanation={data} />;
  if (isError) {
    return (
      <ErrorPanel title="Why it waits could not be loaded" onRetry={() => void refetch()} retrying={isFetching}>
        {errorWords(error).what} {errorWords(error).next}
      </ErrorPanel>
    );
  }
  return (
    <div className="flex flex-col gap-2">
      <LoadingWords>Loading why it waits</LoadingWords>
      <Skeleton width="90%" />
      <Skeleton width="60%" />
    </div>
  );
}

function Answer({ explanation: { summary, expectedSeconds, ahead, nodes, helps } }: { explanation: Explanation }) {
  const expected = formatExpected(expectedSeconds);
  return (
    <section aria-label="Why it waits" className="flex flex-col gap-2.5">
      <Notice tone={expectedSeconds === null && nodes.every((node) => node.lasting) ? 'warn' : 'answer'} live>
        <b>{summary}</b>
        {(expected !== null || ahead > 0) && (
          <p className="mt-0.5 text-12">
            {[expected, ahead > 0 ? `${formatPlural(ahead, 'job')} before it` : null]
              .filter((part) => part !== null)
              .join(', ')}
          </p>
        )}
      </Notice>
      {nodes.length > 0 && (
        <ul aria-label="What each node says" className="flex flex-col gap-2">
          {nodes.map((node) => (
            <NodeLine key={node.nodeId} answer={node} />
          ))}
        </ul>
      )}
      {helps.length > 0 && (
        <div>
          <h3 className="font-strong">What would help</h3>
          <ul className="mt-1 flex flex-col gap-1 text-12">
            {helps.map((help) => (
              <li key={`${help.code} ${help.text}`} className="row gap-2">
                <span>{help.text}</span>
                <span className="ml-auto whitespace-nowrap text-ink-3">
                  {formatCount(help.nodes)} could, {formatCount(help.now)} now
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

function NodeLine({ answer }: { answer: NodeAnswer }) {
  const machine = useMachines().get(answer.nodeId);
  return (
    <li className="row items-start gap-2 text-12">
      {machine === undefined ? (
        <span className="size-4 flex-none rounded-machine bg-line-ui" aria-hidden="true" />
      ) : (
        <MachineChip {...machine} />
      )}
      <span className="min-w-0 flex-1 leading-[17px]">
        <span className="font-medium">{answer.name}</span> <span className="text-ink-2">{answer.reason}</span>
      </span>
      <span className={`whitespace-nowrap ${answer.fits ? 'font-medium text-signal-line' : 'text-ink-3'}`}>
        {waitWords(answer)}
      </span>
    </li>
  );
}

/** When a node could take it: "now", "about 40 s", nothing where it never will by itself. */
export function waitWords({ fits, lasting, waitSeconds }: NodeAnswer): string {
  if (fits) return 'now';
  if (lasting) return '';
  return waitSeconds === null ? 'not known' : formatAbout(waitSeconds * 1000);
}
