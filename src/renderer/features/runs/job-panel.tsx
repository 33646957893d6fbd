import { Ban, RotateCcw, X } from 'lucide-react';
import { useState } from 'react';
import { finishedJobStates, type Job } from '../../../shared/model/job.ts';
import { JobHistory } from '../../app/job-history.tsx';
import { PortValues } from '../../app/value/port-values.tsx';
import { WhyWaits } from '../../app/why-waits.tsx';
import { useMay } from '../../app/workspace.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Facts } from '../../ui/panel.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { glyphOfJob } from '../../ui/states.ts';
import { TabPanel, Tabs } from '../../ui/tabs.tsx';
import { Log } from './evidence.tsx';
import { jobName } from './job-rows.tsx';
import { Tries } from './tries.tsx';
import { useJobActions } from './use-job-actions.ts';

type Tab = 'history' | 'input' | 'log';
const tabs: { value: Tab; label: string }[] = [
  { value: 'history', label: 'History' },
  { value: 'input', label: 'Input' },
  { value: 'log', label: 'Log' },
];

/** Everything about one job, and what can be done with it. */
export function JobPanel({ job, onClose }: { job: Job; onClose: () => void }) {
  const mayRun = useMay('member');
  const { requeue, cancel } = useJobActions();
  const [tab, setTab] = useState<Tab>('history');
  const isOver = finishedJobStates.includes(job.state);
  const isBad = job.state === 'failed' || job.state === 'dead';
  return (
    <aside aria-label={jobName(job)} className="flex min-h-0 flex-col gap-3 overflow-auto border-l border-line p-4">
      <header className="row gap-2">
        <h2 className="cut text-15 font-strong">{jobName(job)}</h2>
        <span className="ml-auto">
          <StateBadge state={glyphOfJob[job.state]} />
        </span>
        <IconButton size="s" variant="ghost" icon={X} label="Close" onClick={onClose} />
      </header>
      {job.error !== undefined && (
        <Notice tone="fail">
          <b>{job.error.message}</b>{' '}
          {job.state === 'dead' ? 'Nodes failed it three times, so it is not tried again by itself.' : ''}
        </Notice>
      )}
      {job.state === 'queued' && <WhyWaits jobId={job.id} />}
      {mayRun && isBad && (
        <Button
          icon={RotateCcw}
          className="self-start"
          pending={requeue.isPending}
          onClick={() => requeue.mutate(job.id)}
        >
          Put in line again
        </Button>
      )}
      {mayRun && !isOver && (
        <Button
          variant="danger"
          icon={Ban}
          className="self-start"
          pending={cancel.isPending}
          onClick={() => cancel.mutate(job.id)}
        >
          Cancel
        </Button>
      )}
      <Facts
        rows={[
          { word: 'Kind', value: job.kind },
          { word: 'Submitted', value: <RelativeTime at={job.createdAt} /> },
          ...(job.requeued === undefined
            ? []
            : [{ word: 'In line again', value: <RelativeTime at={job.requeued.at} /> }]),
        ]}
      />
      {job.attempts.length > 0 && <Tries attempts={job.attempts} />}
      <Tabs label="Of this job" value={tab} onChange={setTab} tabs={tabs} className="-mx-4 px-4">
        <TabPanel value="history">
          <JobHistory key={job.state} jobId={job.id} />
        </TabPanel>
        <TabPanel value="input">
          <PortValues values={{ input: job.input }} cut={[]} empty="Nothing went in." />
        </TabPanel>
        <TabPanel value="log">
          <Log jobId={job.id} />
        </TabPanel>
      </Tabs>
    </aside>
  );
}
