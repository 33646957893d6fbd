/** Usage summed for people, and written out for their own tools. */
import type { Clock } from '../../shared/clock.ts';
import type { UsageGroup, UsageLine, UsageReport, UsageSums } from '../../shared/model/usage.ts';
import type { Store, Where } from '../store/store.ts';
import { flows, flowVersions, nodes, type UsageEventRow, usageEvents } from '../store/tables.ts';
import type { WorkspaceSettings } from './workspace-settings.ts';

export interface UsageFilter {
  from?: number;
  to?: number;
  member?: string;
  flowId?: string;
  runId?: string;
  stepId?: string;
  nodeId?: string;
  model?: string;
}

export interface UsageService {
  report(workspaceId: string, filter: UsageFilter & { by?: UsageGroup }): Promise<UsageReport>;
  /** Line by line, the oldest first. */
  lines(workspaceId: string, filter: UsageFilter, format: 'csv' | 'jsonl'): AsyncGenerator<string>;
}

const usualDays = 30;
const dayMs = 86_400_000;
const atOnce = 5_000;
/** Events of one report; a workspace with more asks for a shorter time. */
const mostEvents = 200_000;

export function createUsageService(deps: {
  store: Store;
  settings: Pick<WorkspaceSettings, 'prices'>;
  clock: Clock;
}): UsageService {
  const { store, clock } = deps;

  /** Rows in pages, the latest first or the oldest first. */
  async function* eventsOf(
    workspaceId: string,
    filter: UsageFilter,
    direction: 'up' | 'down',
  ): AsyncGenerator<UsageEventRow[]> {
    const { from, to, ...rest } = bounds(filter, clock.now());
    const where = { workspaceId, ...rest } as Where<UsageEventRow>;
    const seen = new Set<string>();
    let at = direction === 'down' ? to + 1 : from - 1;
    while (true) {
      const rows = await store.list(usageEvents, {
        where,
        // Several events may share a moment: it is read again with the next page, and what is known is left out.
        after: { column: 'at', value: at },
        order: { by: 'at', direction },
        limit: atOnce,
      });
      const fresh = rows.filter((row) => row.at >= from && row.at <= to && !seen.has(row.id));
      if (fresh.length === 0) return;
      yield fresh;
      const last = rows.at(-1)?.at ?? at;
      if (rows.length < atOnce || last < from || last > to) return;
      for (const row of rows) if (row.at === last) seen.add(row.id);
      at = direction === 'down' ? last + 1 : last - 1;
    }
  }

  return {
    async report(workspaceId, { by = 'day', ...filter }) {
      const { from, to } = bounds(filter, clock.now());
      const total = noSums();
      const groups = new Map<string, UsageSums>();
      let count = 0;
      for await (const rows of eventsOf(workspaceId, filter, 'down')) {
        for (const row of rows) {
          const key = keyOf(row, by);
          const sums = groups.get(key) ?? noSums();
          groups.set(key, sums);
          add(sums, row);
          add(total, row);
        }
        count += rows.length;
        if (count >= mostEvents) break;
      }
      const labels = await labelsOf(store, by, [...groups.keys()]);
      const lines: UsageLine[] = [...groups].map(([key, sums]) => ({ key, label: labels(key), ...sums }));
      lines.sort((one, other) =>
        by === 'day'
          ? one.key < other.key
            ? -1
            : 1
          : other.inputTokens + other.outputTokens - one.inputTokens - one.outputTokens,
      );
      const { currency } = await deps.settings.prices(workspaceId);
      return { from, to, by, currency, lines, total, cut: count >= mostEvents };
    },

    async *lines(workspaceId, filter, format) {
      if (format === 'csv') yield `${columns.join(',')}\r\n`;
      for await (const rows of eventsOf(workspaceId, filter, 'up')) {
        yield rows.map((row) => (format === 'csv' ? csvLine(row) : `${JSON.stringify(shown(row))}\n`)).join('');
      }
    },
  };
}

function bounds(filter: UsageFilter, now: number) {
  const { from, to = now, ...rest } = filter;
  return { from: from ?? to - usualDays * dayMs, to, ...rest };
}

const noSums = (): UsageSums => ({
  requests: 0,
  inputTokens: 0,
  outputTokens: 0,
  ms: 0,
  cost: null,
  estimated: 0,
  unpriced: 0,
});

function add(sums: UsageSums, row: UsageEventRow): void {
  sums.requests += 1;
  sums.inputTokens += row.inputTokens;
  sums.outputTokens += row.outputTokens;
  sums.ms += row.ms;
  if (row.estimated) sums.estimated += 1;
  if (row.cost === null) sums.unpriced += 1;
  else sums.cost = (sums.cost ?? 0) + row.cost;
}

function keyOf(row: UsageEventRow, by: UsageGroup): string {
  switch (by) {
    case 'day':
      return new Date(row.at).toISOString().slice(0, 10);
    case 'member':
      return row.member ?? '';
    case 'flow':
      return row.flowId ?? '';
    case 'step':
      return row.stepId === null ? '' : `${row.flowId ?? ''}/${row.stepId}`;
    case 'node':
      return row.nodeId ?? '';
    case 'model':
      return row.model;
    default:
      return by satisfies never;
  }
}

async function labelsOf(store: Store, by: UsageGroup, keys: readonly string[]): Promise<(key: string) => string> {
  const none = by === 'flow' || by === 'step' ? 'Without a flow' : by === 'member' ? 'Nobody' : 'Unknown';
  const names = await namesOf(
    store,
    by,
    keys.filter((key) => key !== ''),
  );
  return (key) => (key === '' ? none : (names.get(key) ?? (by === 'node' && key === 'host' ? 'Host' : key)));
}

async function namesOf(store: Store, by: UsageGroup, keys: string[]): Promise<ReadonlyMap<string, string>> {
  if (keys.length === 0 || by === 'day' || by === 'member' || by === 'model') return new Map();
  if (by === 'node') return named(await store.list(nodes, { where: { id: keys } }));
  if (by === 'flow') return named(await store.list(flows, { where: { id: keys } }));
  return stepNames(store, keys);
}

const named = (rows: readonly { id: string; name: string }[]) => new Map(rows.map(({ id, name }) => [id, name]));

/** Steps are named in the last version of their flow. */
async function stepNames(store: Store, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const flowId of new Set(keys.map((key) => key.split('/')[0] ?? ''))) {
    if (flowId === '') continue;
    const [version] = await store.list(flowVersions, {
      where: { flowId },
      order: { by: 'number', direction: 'down' },
      limit: 1,
    });
    for (const step of version?.file.steps ?? []) {
      names.set(`${flowId}/${step.id}`, `${step.name} (${version?.file.name ?? ''})`);
    }
  }
  return names;
}

const columns = [
  'time',
  'member',
  'flowId',
  'runId',
  'stepId',
  'node',
  'keyId',
  'model',
  'task',
  'inputTokens',
  'outputTokens',
  'estimated',
  'milliseconds',
  'cost',
  'currency',
] as const;

function shown(row: UsageEventRow): Record<(typeof columns)[number], unknown> {
  const { member, flowId, runId, stepId, nodeId, keyId, model, task, inputTokens, outputTokens, estimated } = row;
  return {
    ...{ time: new Date(row.at).toISOString(), member, flowId, runId, stepId, node: nodeId, keyId, model, task },
    ...{ inputTokens, outputTokens, estimated, milliseconds: row.ms, cost: row.cost, currency: row.currency },
  };
}

function csvLine(row: UsageEventRow): string {
  const values = shown(row);
  return `${columns.map((column) => csvCell(values[column])).join(',')}\r\n`;
}

/** RFC 4180; a text that a spreadsheet would take for a formula is quoted as text. */
function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
