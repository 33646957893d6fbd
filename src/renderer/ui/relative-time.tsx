import { useEffect, useState } from 'react';
import { formatAgo, formatExactTime, untilNextWord } from './numbers.ts';
import { Tooltip } from './tooltip.tsx';

/** The present, in milliseconds, again whenever `every` has passed; still while the page is hidden. */
export function useNow(every: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** How long ago, with the exact time on hover. `at` is in milliseconds since the epoch. */
export function RelativeTime({ at, className }: { at: number; className?: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setTimeout(() => setNow(Date.now()), untilNextWord(at, now));
    return () => clearTimeout(timer);
  }, [at, now]);
  return (
    <Tooltip content={formatExactTime(at)}>
      <time dateTime={new Date(at).toISOString()} className={className}>
        {formatAgo(at, Math.max(at, now))}
      </time>
    </Tooltip>
  );
}
