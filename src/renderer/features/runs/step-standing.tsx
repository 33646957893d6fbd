import { useMutation } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { isRunOver, type RunDetail, type StepInstance } from '../../../shared/model/run.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { ApprovalById } from '../../app/approval-ask.tsx';
import { RunLink } from '../../app/run-link.tsx';
import { WhyWaits } from '../../app/why-waits.tsx';
import { useMay } from '../../app/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { formatExactTime, formatPlural, formatWhen } from '../../ui/numbers.ts';
import { useNow } from '../../ui/relative-time.tsx';
import { toast } from '../../ui/toasts.tsx';

/** Where the result of a step came from, where it was not executed in this run. */
export function Provenance({ instance }: { instance: StepInstance }) {
  const { pinned, takenFrom, cachedFrom, usedDefault, error } = instance;
  if (pinned === true) return <Notice>It was not executed: the run was started with pinned data in its place.</Notice>;
  if (takenFrom !== undefined) {
    return (
      <Notice>
        It was not executed: its result is taken over from <RunLink runId={takenFrom.runId} />.
      </Notice>
    );
  }
  if (cachedFrom !== undefined) {
    return (
      <Notice>
        Cached: the same step with the same inputs had been done in <RunLink runId={cachedFrom.runId} />.
      </Notice>
    );
  }
  if (usedDefault !== true) return null;
  return (
    <Notice tone="warn">
      <b>It failed, and its default went on.</b> {error?.message} {error?.next}
    </Notice>
  );
}

/** One word for the same, beside the step's state. */
export function provenanceWord({ pinned, takenFrom, cachedFrom, usedDefault }: StepInstance): string | null {
  if (pinned === true) return 'pinned';
  if (takenFrom !== undefined) return 'from another run';
  if (cachedFrom !== undefined) return 'cached';
  return usedDefault === true ? 'default used' : null;
}

/** What a step waits for: a node, a person, a time, another run. */
export function Waits({ instance }: { instance: StepInstance }) {
  const now = useNow(30_000);
  const { state, jobId, approvalId, waitsUntil, childRunId } = instance;
  if (approvalId !== undefined) return <ApprovalById approvalId={approvalId} />;
  if (childRunId !== undefined) {
    return (
      <Notice>
        {state === 'running' ? 'It waits for ' : 'It ran '}
        <RunLink runId={childRunId} />.
      </Notice>
    );
  }
  if (state === 'running' && waitsUntil !== undefined) {
    return (
      <Notice tone="answer">
        <b>It waits until {formatWhen(waitsUntil, now)}.</b>{' '}
        <span className="text-12">{formatExactTime(waitsUntil)}</span>
      </Notice>
    );
  }
  return state === 'ready' && jobId !== undefined ? <WhyWaits jobId={jobId} /> : null;
}

/** Of a Map whose run is over: its failed items are done again, the others stay as they are. */
export function FailedItems({ detail: { run, file }, instance }: { detail: RunDetail; instance: StepInstance }) {
  const { client } = useApi().host;
  const mayRun = useMay('member');
  const failed = instance.items?.failed ?? 0;
  const again = useMutation({
    mutationFn: () => client.call('resumeRun', { params: { id: run.id }, body: { failedItemsOf: instance.stepId } }),
    onError: (error) => toast({ text: `${errorWords(error).what} ${errorWords(error).next}`, sign: 'failed' }),
  });
  const isTop = instance.path === '' && file.steps.some((step) => step.id === instance.stepId);
  if (failed === 0 || !mayRun || !isRunOver(run.state) || !isTop) return null;
  return (
    <Button icon={RotateCcw} pending={again.isPending} onClick={() => again.mutate()} className="self-start">
      Do {failed === 1 ? 'the failed item' : `the ${formatPlural(failed, 'failed item')}`} again
    </Button>
  );
}
