import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { OutputChunk } from '../../../shared/model/job.ts';
import type { RunDetail, StepDetail } from '../../../shared/model/run.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { runStepQuery } from '../../api/queries.ts';
import { useJobOutput } from '../../api/use-job-output.ts';
import { AgentCalls } from '../../app/agent-calls.tsx';
import { JobHistory } from '../../app/job-history.tsx';
import { useMachines } from '../../app/machines.ts';
import { PortValues } from '../../app/value/port-values.tsx';
import { Chip } from '../../ui/chip.tsx';
import { CodeText } from '../../ui/code-text.tsx';
import { ErrorPanel } from '../../ui/error-state.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Facts } from '../../ui/panel.tsx';
import { LoadingWords, Skeleton } from '../../ui/skeleton.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { glyphOfStep } from '../../ui/states.ts';
import { TabPanel, Tabs } from '../../ui/tabs.tsx';
import { CompareButton } from './compare/compare-button.tsx';
import { instanceWords } from './run-data.ts';
import { factRows } from './step-facts.tsx';
import { FailedItems, Provenance, provenanceWord, Waits } from './step-standing.tsx';
import type { Chosen } from './timeline-view.tsx';
import { Tries } from './tries.tsx';

/** Everything about one piece of work: who did it, each attempt, what went in and came out, what it wrote. */
export function Evidence({ detail, chosen }: { detail: RunDetail; chosen: Chosen }) {
  const { data, isError, error, refetch, isFetching } = useQuery(
    runStepQuery(useApi(), detail.run.id, chosen.step, chosen.path),
  );
  const words = instanceWords(detail, chosen.step, chosen.path);
  if (data !== undefined)
    return (
      <Shown
        run={detail}
        detail={data}
        chosen={chosen}
        title={words.item ?? words.step}
        under={words.item === null ? null : words.step}
      />
    );
  if (isError) {
    return (
      <ErrorPanel title={`${words.step} could not be loaded`} onRetry={() => void refetch()} retrying={isFetching}>
        {errorWords(error).what} {errorWords(error).next}
      </ErrorPanel>
    );
  }
  return (
    <div className="flex flex-col gap-4 p-4">
      <LoadingWords>Loading</LoadingWords>
      <Skeleton width={160} height={16} />
      <Skeleton width="80%" />
      <Skeleton width="60%" />
    </div>
  );
}

type Tab = 'input' | 'output' | 'calls' | 'log' | 'history';

interface ShownProps {
  run: RunDetail;
  detail: StepDetail;
  chosen: Chosen;
  title: string;
  under: string | null;
}

function Shown({ run, detail, chosen, title, under }: ShownProps) {
  const { instance, attempts } = detail;
  const { jobId } = instance;
  const machines = useMachines();
  const isAgent = jobId !== undefined && typeOf(run, instance.stepId) === 'agent';
  const [tab, setTab] = useState<Tab>(isAgent ? 'calls' : 'output');
  const tabs: { value: Tab; label: string }[] = [
    { value: 'input', label: 'Input' },
    { value: 'output', label: 'Output' },
    ...(isAgent ? [{ value: 'calls' as const, label: 'Calls' }] : []),
    ...(jobId === undefined
      ? []
      : [
          { value: 'log' as const, label: 'Log' },
          { value: 'history' as const, label: 'History' },
        ]),
  ];
  const shown = tabs.some(({ value }) => value === tab) ? tab : 'output';
  const word = provenanceWord(instance);
  return (
    <div className="flex flex-col gap-3 p-4">
      <header className="row gap-2">
        <div className="min-w-0">
          <h2 className="cut text-15 font-strong first-letter:uppercase">{title}</h2>
          {under !== null && <p className="cut text-12 text-ink-3">{under}</p>}
        </div>
        {attempts.length > 1 && <Chip>{attempts.length} tries</Chip>}
        {word !== null && <Chip>{word}</Chip>}
        <span className="ml-auto row gap-2">
          <CompareButton detail={run} chosen={chosen} title={title} />
          <StateBadge state={glyphOfStep[instance.state]} />
        </span>
      </header>
      <Provenance instance={instance} />
      {instance.error !== undefined && instance.usedDefault !== true && (
        <Notice tone="fail">
          <b>{instance.error.message}</b> {instance.error.next}
        </Notice>
      )}
      <Waits instance={instance} />
      <FailedItems detail={run} instance={instance} />
      <Facts rows={factRows(detail, machines)} />
      {attempts.length > 0 && (attempts.length > 1 || attempts[0]?.outcome !== 'succeeded') && (
        <Tries attempts={attempts} />
      )}
      <Tabs label="Evidence" value={shown} onChange={setTab} tabs={tabs} className="-mx-4 px-4">
        <TabPanel value="input">
          <PortValues tools values={detail.inputs} cut={detail.cut} empty="Nothing went in." />
        </TabPanel>
        <TabPanel value="output">
          <PortValues
            tools
            values={detail.outputs}
            cut={detail.cut}
            empty={instance.finishedAt === undefined ? 'Nothing came out yet.' : 'Nothing came out.'}
          />
        </TabPanel>
        {jobId !== undefined && (
          <>
            {isAgent && (
              <TabPanel value="calls">
                <AgentCalls jobId={jobId} />
              </TabPanel>
            )}
            <TabPanel value="log">
              <Log jobId={jobId} />
            </TabPanel>
            <TabPanel value="history">
              <JobHistory jobId={jobId} />
            </TabPanel>
          </>
        )}
      </Tabs>
    </div>
  );
}

const typeOf = ({ file }: RunDetail, stepId: string) => file.steps.find(({ id }) => id === stepId)?.type;

/** What a job wrote, following it while it writes. */
export function Log({ jobId }: { jobId: string }) {
  const { chunks, cut, state } = useJobOutput(jobId);
  const well = useRef<HTMLDivElement>(null);
  const text = logText(chunks);
  useEffect(() => {
    const pre = well.current?.firstElementChild;
    if (pre && text !== '') pre.scrollTop = pre.scrollHeight;
  }, [text]);
  if (state === 'failed') return <p className="text-12 text-ink-3">The log could not be loaded.</p>;
  if (state === 'loading') return <Skeleton width="70%" />;
  if (text === '') return <p className="text-12 text-ink-3">It wrote nothing.</p>;
  return (
    <div ref={well}>
      <CodeText wrap maxHeight={320} label="Log">
        {cut ? '…\n' : ''}
        {text}
      </CodeText>
    </div>
  );
}

/** The log and the tokens; each further try under a line of its own. */
export function logText(chunks: readonly OutputChunk[]): string {
  let attempt = 1;
  let text = '';
  for (const chunk of chunks) {
    if (chunk.stream === 'progress') continue;
    if (chunk.attempt !== attempt) {
      attempt = chunk.attempt;
      text += `${text === '' || text.endsWith('\n') ? '' : '\n'}— try ${attempt} —\n`;
    }
    text += chunk.text;
  }
  return text;
}
