import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Check, X } from 'lucide-react';
import { useState } from 'react';
import { type Approval, approvalLimits } from '../../shared/model/approval.ts';
import { useApi } from '../api/api.ts';
import { errorWords } from '../api/error-words.ts';
import { keys } from '../api/keys.ts';
import { approvalQuery, meQuery } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { useNow } from '../ui/relative-time.tsx';
import { LoadingWords, Skeleton } from '../ui/skeleton.tsx';
import { Textarea } from '../ui/textarea.tsx';
import { deadlineWords, decidersWords, endWords, mayDecide } from './approval-words.ts';
import { useNarrow } from './use-media.ts';
import { PortValues } from './value/port-values.tsx';
import { useWorkspace } from './workspace.ts';

/** What a run asks, by the approval's id: the question, what there is to decide on, and both answers. */
export function ApprovalById({ approvalId }: { approvalId: string }) {
  const { data, isError, error } = useQuery(approvalQuery(useApi(), approvalId));
  if (data !== undefined) return <ApprovalAsk approval={data} />;
  if (isError) return <Notice tone="fail">{errorWords(error).what}</Notice>;
  return (
    <div>
      <LoadingWords>Loading the question</LoadingWords>
      <Skeleton width="70%" />
    </div>
  );
}

/** The same of one that is at hand. */
export function ApprovalAsk({ approval }: { approval: Approval }) {
  const { role } = useWorkspace();
  const { data: me } = useQuery(meQuery(useApi()));
  const now = useNow(60_000);
  const open = approval.state === 'pending';
  const may = me !== undefined && mayDecide(approval, role, me.user.id);
  return (
    <section aria-label={`${approval.stepName} asks`} className="flex flex-col gap-3">
      <Notice tone={open ? 'warn' : 'plain'}>
        <b className="whitespace-pre-wrap">{approval.question}</b>
        <p className="mt-0.5">{open ? deadlineWords(approval, now) : `${endWords(approval)}.`}</p>
        {approval.note !== null && approval.note !== '' && <p className="mt-0.5">“{approval.note}”</p>}
      </Notice>
      {approval.shown !== null && (
        <PortValues
          values={{ value: approval.shown }}
          cut={approval.shownCut ? ['value'] : []}
          empty="There is no data to decide on."
        />
      )}
      {open && (may ? <Decide approval={approval} /> : <p className="text-12 text-ink-3">{decidersWords(approval)}</p>)}
    </section>
  );
}

function Decide({ approval }: { approval: Approval }) {
  const { client } = useApi().host;
  const cache = useQueryClient();
  const size = useNarrow() ? 'touch' : 'm';
  const [note, setNote] = useState('');
  const decide = useMutation({
    mutationFn: (decision: 'approve' | 'reject') =>
      client.call('decideApproval', {
        params: { id: approval.id },
        body: { decision, ...(note.trim() === '' ? {} : { note: note.trim() }) },
      }),
    onSuccess: (decided) => {
      cache.setQueryData(keys.approval(decided.id), decided);
      cache.setQueryData<readonly Approval[]>(keys.pendingApprovals(decided.workspaceId), (pending) =>
        pending?.filter((one) => one.id !== decided.id),
      );
      return cache.invalidateQueries({ queryKey: keys.decidedApprovals(decided.workspaceId) });
    },
    onError: () => cache.invalidateQueries({ queryKey: keys.approval(approval.id) }),
  });
  const asked = (decision: 'approve' | 'reject') => decide.isPending && decide.variables === decision;
  return (
    <div className="flex flex-col gap-3">
      <Field
        label="A word to the others, if you like"
        help="Your answer is kept with the run. Only what waited for it goes on."
        error={decide.isError ? `${errorWords(decide.error).what} ${errorWords(decide.error).next}` : undefined}
      >
        <Textarea
          rows={2}
          maxLength={approvalLimits.note}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </Field>
      <div className="row gap-2">
        <Button
          size={size}
          icon={X}
          pending={asked('reject')}
          disabled={decide.isPending}
          onClick={() => decide.mutate('reject')}
        >
          Reject
        </Button>
        <Button
          size={size}
          variant="go"
          icon={Check}
          pending={asked('approve')}
          disabled={decide.isPending}
          onClick={() => decide.mutate('approve')}
        >
          Approve
        </Button>
      </div>
    </div>
  );
}
