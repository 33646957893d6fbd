import type { UsageReport } from '../../../shared/model/usage.ts';
import { formatCount } from '../../ui/numbers.ts';

const dayMs = 86_400_000;
const height = 160;

/** One bar for each day, in ink: what went in below, what came out above it, lighter. */
export function DayChart({ report: { from, to, lines } }: { report: UsageReport }) {
  const byDay = new Map(lines.map((line) => [line.key, line]));
  const days = Array.from({ length: Math.max(1, Math.ceil((to - from) / dayMs)) }, (_, index) => {
    const day = new Date(from + index * dayMs).toISOString().slice(0, 10);
    const line = byDay.get(day);
    return { day, input: line?.inputTokens ?? 0, output: line?.outputTokens ?? 0 };
  });
  const most = Math.max(1, ...days.map(({ input, output }) => input + output));
  const scale = height / most;
  return (
    <figure className="p-4">
      <div className="row items-end gap-0.5" style={{ height }} aria-hidden="true">
        {days.map(({ day, input, output }) => (
          <span
            key={day}
            className="flex min-w-0 flex-1 flex-col justify-end"
            style={{ height }}
            title={`${day}: ${formatCount(input)} in, ${formatCount(output)} out`}
          >
            <span className="block bg-ink-3" style={{ height: output * scale }} />
            <span className="block bg-ink" style={{ height: input * scale }} />
          </span>
        ))}
      </div>
      <figcaption className="mt-2 row justify-between text-12 text-ink-3">
        <span>{days[0]?.day}</span>
        <span>Most in a day: {formatCount(most)} tokens</span>
        <span>{days.at(-1)?.day}</span>
      </figcaption>
      <ul className="sr-only">
        {days
          .filter(({ input, output }) => input + output > 0)
          .map(({ day, input, output }) => (
            <li key={day}>
              {day}: {formatCount(input)} tokens in, {formatCount(output)} out
            </li>
          ))}
      </ul>
    </figure>
  );
}
