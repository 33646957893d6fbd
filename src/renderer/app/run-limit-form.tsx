import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { mostRunsAtOnce, type RunLimit, runLimitOf, type WhenBusy } from '../../shared/model/flow-settings.ts';
import { useApi } from '../api/api.ts';
import { errorWords } from '../api/error-words.ts';
import { keys } from '../api/keys.ts';
import { flowQuery } from '../api/queries.ts';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { Select } from '../ui/select.tsx';
import { useMay, useWorkspace } from './workspace.ts';

const whenBusyWords: readonly { value: WhenBusy; label: string }[] = [
  { value: 'wait', label: 'It waits in line' },
  { value: 'refuse', label: 'It is refused' },
  { value: 'cancel_oldest', label: 'The oldest is stopped' },
];

/** How many runs of a flow go on at once, and what happens with one more. */
export function RunLimitForm({ flowId }: { flowId: string }) {
  const { id: workspaceId } = useWorkspace();
  const flow = useQuery(flowQuery(useApi(), workspaceId, flowId)).data;
  if (flow === undefined) return null;
  const limit = runLimitOf(flow.file);
  return <Form key={`${limit.maxRuns}`} flowId={flowId} limit={limit} />;
}

function Form({ flowId, limit }: { flowId: string; limit: RunLimit }) {
  const { host, cache } = useApi();
  const mayEdit = useMay('member');
  const [typed, setTyped] = useState(limit.maxRuns === null ? '' : String(limit.maxRuns));
  const change = useMutation({
    mutationFn: (body: { maxRuns?: number | null; whenBusy?: WhenBusy }) =>
      host.client.call('updateFlow', { params: { id: flowId }, body }),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.flow(flowId) }),
  });
  const wanted = typed.trim() === '' ? null : Number(typed);
  const usable = wanted === null || (Number.isInteger(wanted) && wanted >= 1 && wanted <= mostRunsAtOnce);
  const keep = () => {
    if (usable && wanted !== limit.maxRuns) change.mutate({ maxRuns: wanted });
  };
  const failure = change.isError ? `${errorWords(change.error).what} ${errorWords(change.error).next}` : undefined;
  return (
    <section aria-label="Runs at once" className="grid grid-cols-2 items-start gap-3">
      <Field
        label="Runs at once"
        help="Empty for any number"
        error={usable ? failure : `Give a whole number from 1 to ${mostRunsAtOnce}, or nothing.`}
      >
        <Input
          inputMode="numeric"
          value={typed}
          readOnly={!mayEdit}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={keep}
          onKeyDown={(event) => event.key === 'Enter' && keep()}
        />
      </Field>
      <Field label="A run more than that">
        <Select
          value={limit.whenBusy}
          disabled={!mayEdit || limit.maxRuns === null}
          options={whenBusyWords}
          onChange={(whenBusy) => change.mutate({ whenBusy })}
        />
      </Field>
    </section>
  );
}
