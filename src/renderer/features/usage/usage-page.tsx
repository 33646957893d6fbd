import { useMutation, useQuery } from '@tanstack/react-query';
import { Download, Tag } from 'lucide-react';
import { useState } from 'react';
import type { UsageGroup, UsageReport } from '../../../shared/model/usage.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { usageQuery } from '../../api/queries.ts';
import { LoadError } from '../../app/page-states.tsx';
import { useNarrow } from '../../app/use-media.ts';
import { useMay, useWorkspace } from '../../app/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatCount, formatDuration, formatPlural } from '../../ui/numbers.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import { LoadingWords, Skeleton } from '../../ui/skeleton.tsx';
import { Table, TableRow } from '../../ui/table.tsx';
import { toast } from '../../ui/toasts.tsx';
import { DayChart } from './day-chart.tsx';
import { Prices } from './prices.tsx';

const dayMs = 86_400_000;
const spans = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
] as const;
const groups: readonly { value: Exclude<UsageGroup, 'day'>; label: string }[] = [
  { value: 'model', label: 'Model' },
  { value: 'member', label: 'Member' },
  { value: 'flow', label: 'Flow' },
  { value: 'step', label: 'Step' },
  { value: 'node', label: 'Node' },
];

/** What models were used for in this workspace, by whom, and what it cost. */
export function UsagePage() {
  const [days, setDays] = useState<(typeof spans)[number]['value']>('30');
  const [by, setBy] = useState<Exclude<UsageGroup, 'day'>>('model');
  const [pricing, setPricing] = useState(false);
  const [now] = useState(() => Date.now());
  const api = useApi();
  const narrow = useNarrow();
  const { id } = useWorkspace();
  // From the beginning of a day, so that the first one is whole.
  const range = { from: Math.floor(now / dayMs - Number(days) + 1) * dayMs, to: now };
  const byDay = useQuery(usageQuery(api, id, { by: 'day', ...range }));
  const grouped = useQuery(usageQuery(api, id, { by, ...range }));
  const report = byDay.data;
  const actions = (
    <>
      <Segmented label="Time" value={days} segments={spans} onChange={setDays} />
      <Export {...range} />
      <Button size="s" icon={Tag} onClick={() => setPricing(true)}>
        Prices
      </Button>
    </>
  );
  return (
    <>
      <PageHeader
        trail={['Usage']}
        status={report === undefined ? undefined : totalWords(report)}
        actions={narrow ? undefined : actions}
      />
      {narrow && <div className="row flex-wrap gap-2 border-b border-line bg-surface px-5 py-2.5">{actions}</div>}
      <div className="flex min-h-0 flex-1 flex-col overflow-auto p-3 narrow:p-5">
        {report === undefined ? (
          byDay.isError ? (
            <LoadError
              title="The usage could not be loaded"
              error={byDay.error}
              onRetry={() => void byDay.refetch()}
              retrying={byDay.isFetching}
            />
          ) : (
            <>
              <LoadingWords>Loading the usage</LoadingWords>
              <Skeleton width="100%" height={220} />
            </>
          )
        ) : report.total.requests === 0 ? (
          <EmptyState title="Nothing used yet">
            When steps ask a model, its tokens stand here: by day, model, member, flow and step, with their cost where
            you put in a price.
          </EmptyState>
        ) : (
          <div className="mx-auto flex w-full max-w-240 flex-col gap-4">
            <Panel title="Tokens by day">
              <DayChart report={report} />
            </Panel>
            <Panel
              title="By"
              end={
                narrow ? (
                  <Select className="w-32" label="Summed by" value={by} options={groups} onChange={setBy} />
                ) : (
                  <Segmented label="Summed by" value={by} segments={groups} onChange={setBy} />
                )
              }
            >
              {grouped.data === undefined ? (
                <div className="p-4">
                  <Skeleton width="100%" height={120} />
                </div>
              ) : narrow ? (
                <NarrowLines report={grouped.data} />
              ) : (
                <Lines report={grouped.data} />
              )}
            </Panel>
          </div>
        )}
      </div>
      {pricing && <Prices onClose={() => setPricing(false)} />}
    </>
  );
}

function totalWords({ total, currency, cut }: UsageReport): string {
  const tokens = `${formatCount(total.inputTokens + total.outputTokens)} tokens`;
  const cost = total.cost === null ? '' : `, ${costInWords(total.cost, currency)}`;
  return `${cut ? 'At least ' : ''}${tokens} in ${formatPlural(total.requests, 'request')}${cost}`;
}

const costInWords = (cost: number, currency: string) =>
  new Intl.NumberFormat('en-GB', { style: 'currency', currency, maximumFractionDigits: cost < 1 ? 4 : 2 }).format(cost);

const priceWords = ({ cost, unpriced }: UsageReport['lines'][number], currency: string) =>
  cost === null ? 'No price' : `${unpriced > 0 ? '≥ ' : ''}${costInWords(cost, currency)}`;

const columns = [
  { head: 'Name' },
  { head: 'Requests', width: '96px', right: true },
  { head: 'Tokens in', width: '110px', right: true },
  { head: 'Tokens out', width: '110px', right: true },
  { head: 'Time', width: '100px', right: true },
  { head: 'Cost', width: '120px', right: true },
];

const Lines = ({ report: { lines, currency } }: { report: UsageReport }) => (
  <Table label="Usage" columns={columns}>
    {lines.map((line) => (
      <TableRow key={line.key}>
        <td>
          <span className="cut">{line.label}</span>
        </td>
        <td data-right="">{formatCount(line.requests)}</td>
        <td data-right="">
          {line.estimated > 0 && '≈ '}
          {formatCount(line.inputTokens)}
        </td>
        <td data-right="">
          {line.estimated > 0 && '≈ '}
          {formatCount(line.outputTokens)}
        </td>
        <td data-right="">{formatDuration(line.ms)}</td>
        <td data-right="">{priceWords(line, currency)}</td>
      </TableRow>
    ))}
  </Table>
);

/** On a narrow screen: the name and what it cost, and the figures under it. */
const NarrowLines = ({ report: { lines, currency } }: { report: UsageReport }) => (
  <ul aria-label="Usage">
    {lines.map((line) => (
      <li key={line.key} className="border-b border-line px-4 py-2.5 last:border-b-0">
        <div className="row gap-3">
          <span className="cut min-w-0 flex-1 font-strong">{line.label}</span>
          <span>{priceWords(line, currency)}</span>
        </div>
        <div className="text-12 text-ink-2">
          {line.estimated > 0 && '≈ '}
          {formatCount(line.inputTokens)} tokens in, {formatCount(line.outputTokens)} out
        </div>
        <div className="text-12 text-ink-3">
          {formatPlural(line.requests, 'request')}, {formatDuration(line.ms)}
        </div>
      </li>
    ))}
  </ul>
);

function Export(range: { from: number; to: number }) {
  const { client } = useApi().host;
  const { id } = useWorkspace();
  const mayExport = useMay('member');
  const save = useMutation({
    mutationFn: () => client.download('exportUsage', { params: { id }, query: { ...range, format: 'csv' } }),
    onSuccess: (content) => {
      const url = URL.createObjectURL(content);
      Object.assign(document.createElement('a'), { href: url, download: 'usage.csv' }).click();
      URL.revokeObjectURL(url);
    },
    onError: (error) => toast({ text: errorWords(error).what, sign: 'failed' }),
  });
  if (!mayExport) return null;
  return (
    <Button size="s" icon={Download} pending={save.isPending} onClick={() => save.mutate()}>
      Export
    </Button>
  );
}
