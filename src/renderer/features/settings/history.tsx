import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import type { Retention } from '../../../shared/model/history.ts';
import { type Api, useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { keys } from '../../api/keys.ts';
import { useMay, useWorkspace } from '../../app/workspace.ts';
import { ErrorPanel } from '../../ui/error-state.tsx';
import { Field } from '../../ui/field.tsx';
import { formatBytes, formatCount, formatPlural } from '../../ui/numbers.ts';
import { Panel } from '../../ui/panel.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Select } from '../../ui/select.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { toast } from '../../ui/toasts.tsx';

const retentionQuery = ({ host: { client } }: Api, workspaceId: string) =>
  queryOptions({
    queryKey: keys.retention(workspaceId),
    queryFn: ({ signal }) => client.call('getRetention', { params: { id: workspaceId }, signal }),
    staleTime: 30_000,
  });

/** For how long finished runs and jobs are kept, and what there is of them. */
export function History() {
  const api = useApi();
  const { id } = useWorkspace();
  const retention = useQuery(retentionQuery(api, id));
  return (
    <Panel title="History" note="Finished runs and jobs, with what they wrote">
      {retention.data !== undefined ? (
        <Kept retention={retention.data} />
      ) : retention.isError ? (
        <ErrorPanel title="The history could not be read" onRetry={() => void retention.refetch()}>
          {errorWords(retention.error).what}
        </ErrorPanel>
      ) : (
        <div className="p-4">
          <Skeleton width="60%" />
        </div>
      )}
    </Panel>
  );
}

const forever = 'forever';
const offered = [7, 30, 90, 365];

function Kept({ retention: { historyDays, holds } }: { retention: Retention }) {
  const { host, cache } = useApi();
  const { id } = useWorkspace();
  const mayChange = useMay('admin');
  const change = useMutation({
    mutationFn: (days: number | null) =>
      host.client.call('setRetention', { params: { id }, body: { historyDays: days } }),
    onSuccess: (answer) => cache.setQueryData(keys.retention(id), answer),
    onError: (error) => toast({ text: errorWords(error).what, sign: 'failed' }),
  });
  const days =
    historyDays === null || offered.includes(historyDays)
      ? offered
      : [...offered, historyDays].toSorted((a, b) => a - b);
  return (
    <div className="flex flex-wrap items-end gap-x-8 gap-y-3 p-4">
      <Field label="Kept for" className="w-48" help="What is older is removed; flows and files stay.">
        <Select
          value={historyDays === null ? forever : String(historyDays)}
          disabled={!mayChange || change.isPending}
          options={[
            ...days.map((count) => ({ value: String(count), label: formatPlural(count, 'day') })),
            { value: forever, label: 'As long as there is room' },
          ]}
          onChange={(chosen) => change.mutate(chosen === forever ? null : Number(chosen))}
        />
      </Field>
      <p className="pb-1 text-12 text-ink-2">
        Holds {formatPlural(holds.runs, 'run')} and {formatPlural(holds.jobs, 'job')}
        {holds.largeValueBytes !== null && `, ${formatBytes(holds.largeValueBytes)} of large values`}
        {holds.oldest !== null && (
          <>
            , the oldest <RelativeTime at={holds.oldest} />
          </>
        )}
        . Files of people: {formatCount(holds.files)}, {formatBytes(holds.fileBytes)}.
      </p>
    </div>
  );
}
