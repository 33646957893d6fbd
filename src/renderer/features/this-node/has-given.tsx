import { useState } from 'react';
import type { Given, ServedHost } from '../../../shared/model/this-node.ts';
import { formatCount, formatDay, formatDuration } from '../../ui/numbers.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { Figure, Side } from './side.tsx';

type Span = 'fortnight' | 'all';
const dayMs = 86_400_000;
const days = 14;
const chartHeight = 56;

const sum = (rows: readonly Given[], of: (row: Given) => number) => rows.reduce((total, row) => total + of(row), 0);

/** Local midnights of the last days, as the worker names them. */
function lastDays(now: number): string[] {
  const two = (value: number) => String(value).padStart(2, '0');
  return Array.from({ length: days }, (_, index) => {
    const day = new Date(now - (days - 1 - index) * dayMs);
    return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
  });
}

/** What this machine has done for others, by its own count. */
export function HasGiven({ given, serves }: { given: readonly Given[]; serves: readonly ServedHost[] }) {
  const [span, setSpan] = useState<Span>('fortnight');
  const dates = lastDays(Date.now());
  const rows = span === 'all' ? given : given.filter(({ day }) => day !== null && dates.includes(day));
  return (
    <Side
      title="Has given"
      end={
        <Segmented
          label="Span"
          value={span}
          segments={[
            { value: 'fortnight', label: `${days} days` },
            { value: 'all', label: 'All' },
          ]}
          onChange={setSpan}
        />
      }
    >
      {given.length === 0 ? (
        <p className="text-12 text-ink-3">Nothing yet. Its jobs are counted here, by day and workspace.</p>
      ) : (
        <>
          <div className="row gap-5.5">
            <Figure figure={formatDuration(sum(rows, ({ ms }) => ms))} word="of work" />
            <Figure figure={formatCount(sum(rows, ({ jobs }) => jobs))} word="jobs done" />
          </div>
          {span === 'fortnight' && <Days dates={dates} rows={rows} />}
          <ByWorkspace rows={rows} serves={serves} />
        </>
      )}
    </Side>
  );
}

/** A bar for each day, in the colour of the machine. */
function Days({ dates, rows }: { dates: readonly string[]; rows: readonly Given[] }) {
  const bars = dates.map((date) => {
    const mine = rows.filter(({ day }) => day === date);
    return { date, ms: sum(mine, ({ ms }) => ms), jobs: sum(mine, ({ jobs }) => jobs) };
  });
  const most = Math.max(1, ...bars.map(({ ms }) => ms));
  const words = ({ date, ms, jobs }: (typeof bars)[number]) => `${date}: ${formatDuration(ms)}, ${jobs} jobs`;
  return (
    <figure className="mt-3">
      <ol className="flex items-end gap-1" style={{ height: chartHeight }}>
        {bars.map((bar) => (
          <li key={bar.date} className="flex h-full flex-1 items-end" title={words(bar)}>
            <span className="sr-only">{words(bar)}</span>
            <i
              className={`w-full rounded-t-2 ${bar.ms > 0 ? 'bg-machine' : 'bg-track'}`}
              style={{ height: Math.max(2, (bar.ms / most) * chartHeight) }}
            />
          </li>
        ))}
      </ol>
      <figcaption className="mt-1 row justify-between text-11 text-ink-3">
        <span>{formatDay(Date.parse(dates[0] ?? ''))}</span>
        <span>today</span>
      </figcaption>
    </figure>
  );
}

function ByWorkspace({ rows, serves }: { rows: readonly Given[]; serves: readonly ServedHost[] }) {
  const names = new Map(serves.flatMap(({ workspaces }) => workspaces.map(({ id, name }) => [id, name] as const)));
  const ids = [...new Set(rows.map(({ workspaceId }) => workspaceId))];
  const lines = ids.map((id) => ({
    id,
    name: names.get(id) ?? 'a workspace that it left',
    ms: sum(
      rows.filter(({ workspaceId }) => workspaceId === id),
      ({ ms }) => ms,
    ),
  }));
  return (
    <ul className="mt-3 flex flex-col gap-1 text-12">
      {lines
        .sort((one, other) => other.ms - one.ms)
        .map(({ id, name, ms }) => (
          <li key={id} className="row gap-2">
            <span className="cut">for {name}</span>
            <span className="ml-auto text-ink-2">{formatDuration(ms)}</span>
          </li>
        ))}
    </ul>
  );
}
