import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { OutputChunk } from '../../../shared/model/job.ts';
import type { RunDetail, StepDetail } from '../../../shared/model/run.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { runStepQuery } from '../../api/queries.ts';
import { useJobOutput } from '../../api/use-job-output.ts';
import { JobHistory } from '../../app/job-history.tsx';
import { type Machines, useMachines } from '../../app/machines.ts';
import { PortValues } from '../../app/value-view.tsx';
import { Chip } from '../../ui/chip.tsx';
import { CodeText } from '../../ui/code-text.tsx';
import { ErrorPanel } from '../../ui/error-state.tsx';
import { MachineName } from '../../ui/machine-chip.tsx';
import { Notice } from '../../ui/notice.tsx';
import { formatDuration } from '../../ui/numbers.ts';
import { Facts } from '../../ui/panel.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { LoadingWords, Skeleton } from '../../ui/skeleton.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { glyphOfStep } from '../../ui/states.ts';
import { TabPanel, Tabs } from '../../ui/tabs.tsx';
import { instanceWords } from './run-data.ts';
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

type Tab = 'input' | 'output' | 'log' | 'history';

interface ShownProps {
  run: RunDetail;
  detail: StepDetail;
  title: string;
  under: string | null;
}

function Shown({ run, detail, title, under }: ShownProps) {
  const { instance, attempts } = detail;
  const { jobId } = instance;
  const machines = useMachines();
  const [tab, setTab] = useState<Tab>('output');
  const tabs: { value: Tab; label: string }[] = [
    { value: 'input', label: 'Input' },
    { value: 'output', label: 'Output' },
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
        <span className="ml-auto">
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
          <PortValues values={detail.inputs} cut={detail.cut} empty="Nothing went in." />
        </TabPanel>
        <TabPanel value="output">
          <PortValues
            values={detail.outputs}
            cut={detail.cut}
            empty={instance.finishedAt === undefined ? 'Nothing came out yet.' : 'Nothing came out.'}
          />
        </TabPanel>
        {jobId !== undefined && (
          <>
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

function factRows({ instance }: StepDetail, machines: Machines) {
  const machine = instance.nodeId === undefined ? undefined : machines.get(instance.nodeId);
  const where =
    machine === undefined ? (
      instance.nodeId === undefined ? (
        'On the host'
      ) : (
        'A removed node'
      )
    ) : (
      <MachineName {...machine} />
    );
  const inLine =
    instance.readyAt !== undefined && instance.startedAt !== undefined ? instance.startedAt - instance.readyAt : null;
  const ran =
    instance.startedAt !== undefined && instance.finishedAt !== undefined
      ? instance.finishedAt - instance.startedAt
      : null;
  return [
    ...(instance.startedAt === undefined && instance.nodeId === undefined ? [] : [{ word: 'Where', value: where }]),
    ...(instance.startedAt === undefined ? [] : [{ word: 'Started', value: <RelativeTime at={instance.startedAt} /> }]),
    ...(inLine === null || instance.jobId === undefined ? [] : [{ word: 'In line', value: formatDuration(inLine) }]),
    ...(ran === null ? [] : [{ word: 'Ran', value: formatDuration(ran) }]),
    ...(instance.items === undefined
      ? []
      : [
          {
            word: 'Items',
            value: `${instance.items.done} of ${instance.items.total}${instance.items.failed > 0 ? `, ${instance.items.failed} failed` : ''}`,
          },
        ]),
  ];
}

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
