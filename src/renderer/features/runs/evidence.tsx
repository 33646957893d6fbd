import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Attempt, OutputChunk } from '../../../shared/model/job.ts';
import type { RunDetail, StepDetail } from '../../../shared/model/run.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { runStepQuery } from '../../api/queries.ts';
import { useJobOutput } from '../../api/use-job-output.ts';
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
import type { Chosen } from './timeline-view.tsx';

/** Everything about one piece of work: who did it, each attempt, what went in and came out, what it wrote. */
export function Evidence({ detail, chosen }: { detail: RunDetail; chosen: Chosen }) {
  const { data, isError, error, refetch, isFetching } = useQuery(
    runStepQuery(useApi(), detail.run.id, chosen.step, chosen.path),
  );
  const words = instanceWords(detail, chosen.step, chosen.path);
  if (data !== undefined)
    return <Shown detail={data} title={words.item ?? words.step} under={words.item === null ? null : words.step} />;
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

type Tab = 'input' | 'output' | 'log';

function Shown({ detail, title, under }: { detail: StepDetail; title: string; under: string | null }) {
  const { instance, attempts } = detail;
  const machines = useMachines();
  const [tab, setTab] = useState<Tab>('output');
  const tabs: { value: Tab; label: string }[] = [
    { value: 'input', label: 'Input' },
    { value: 'output', label: 'Output' },
    ...(instance.jobId === undefined ? [] : [{ value: 'log' as const, label: 'Log' }]),
  ];
  const shown = tab === 'log' && instance.jobId === undefined ? 'output' : tab;
  return (
    <div className="flex flex-col gap-3 p-4">
      <header className="row gap-2">
        <div className="min-w-0">
          <h2 className="cut text-15 font-strong first-letter:uppercase">{title}</h2>
          {under !== null && <p className="cut text-12 text-ink-3">{under}</p>}
        </div>
        {attempts.length > 1 && <Chip>{attempts.length} tries</Chip>}
        <span className="ml-auto">
          <StateBadge state={glyphOfStep[instance.state]} />
        </span>
      </header>
      <WhatWentWrong detail={detail} machines={machines} />
      <Facts rows={factRows(detail, machines)} />
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
        {instance.jobId !== undefined && (
          <TabPanel value="log">
            <Log jobId={instance.jobId} />
          </TabPanel>
        )}
      </Tabs>
    </div>
  );
}

/** What happened, what happened next, whose fault it was. */
function WhatWentWrong({ detail, machines }: { detail: StepDetail; machines: Machines }) {
  const { instance, attempts } = detail;
  const said = attempts.slice(0, -1).map((attempt) => earlierWords(attempt, machines));
  if (instance.error !== undefined) {
    return (
      <Notice tone="fail">
        <b>{instance.error.message}</b> {instance.error.next}
        {said.length > 0 && <p className="mt-1">{said.join(' ')}</p>}
      </Notice>
    );
  }
  return said.length === 0 ? null : <Notice>{said.join(' ')}</Notice>;
}

function earlierWords(attempt: Attempt, machines: Machines): string {
  const name = machines.get(attempt.nodeId)?.name ?? 'A removed node';
  const why = attempt.error?.message ?? '';
  switch (attempt.outcome) {
    case 'lost':
      return `${name} stopped answering during try ${attempt.number}, so another node did it again. That counts against ${name}, not against the run.`;
    case 'rejected':
      return `${name} did not take try ${attempt.number}. ${why}`;
    case 'cancelled':
      return `Try ${attempt.number} on ${name} was stopped.`;
    case 'failed':
      return `Try ${attempt.number} on ${name} failed. ${why}`;
    case 'running':
    case 'succeeded':
      return '';
  }
}

function factRows({ instance, attempts }: StepDetail, machines: Machines) {
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
    ...(attempts.length > 1
      ? [
          {
            word: 'Tries',
            value: attempts.map((attempt) => machines.get(attempt.nodeId)?.name ?? 'a removed node').join(', then '),
          },
        ]
      : []),
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
