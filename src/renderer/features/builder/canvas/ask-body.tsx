import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../../api/api.ts';
import { errorWords } from '../../../api/error-words.ts';
import { approvalQuery } from '../../../api/queries.ts';
import { Button } from '../../../ui/button.tsx';
import { toast } from '../../../ui/toasts.tsx';
import { useBuilder, useRun } from '../model/builder.ts';

/** What a run asks, inside the step that asks it, with both answers. Whoever may not decide is told so by the host. */
export function AskBody({ stepId }: { stepId: string }) {
  const { readOnly } = useBuilder();
  const api = useApi();
  const { host } = api;
  const approvalId = useRun((run) => run.overlay?.steps.get(stepId)?.approvalId);
  const [pending, setPending] = useState<'approve' | 'reject' | null>(null);
  const approval = useQuery({ ...approvalQuery(api, approvalId ?? ''), enabled: approvalId !== undefined });
  const decide = (decision: 'approve' | 'reject') => {
    if (approvalId === undefined) return;
    setPending(decision);
    host.client
      .call('decideApproval', { params: { id: approvalId }, body: { decision } })
      .catch((error: unknown) => toast({ sign: 'look', text: errorWords(error).what }))
      .finally(() => setPending(null));
  };
  return (
    <div className="flow-body flow-ask nodrag">
      <p title={approval.data?.question}>{approval.data?.question ?? 'May it go on?'}</p>
      {!readOnly && (
        <div>
          <Button size="s" variant="go" pending={pending === 'approve'} onClick={() => decide('approve')}>
            Approve
          </Button>
          <Button size="s" pending={pending === 'reject'} onClick={() => decide('reject')}>
            Reject
          </Button>
        </div>
      )}
    </div>
  );
}
