import './compare.css';
import { type ReactNode, useMemo } from 'react';
import { shownAs } from '../../../app/value/shown.ts';
import { ValueView } from '../../../app/value/value-view.tsx';
import { Chip } from '../../../ui/chip.tsx';
import { comparableText, type SidePair, sideBySide } from './side-lines.ts';

interface Values {
  values: Record<string, unknown>;
  /** Ports of which only the beginning is at hand. */
  cut: readonly string[];
}

/** The ports of a step in two runs: what differs is marked, line by line where it is text or JSON. */
export function ComparedValues({ left, right, empty }: { left: Values; right: Values; empty: string }) {
  const ports = [...new Set([...Object.keys(left.values), ...Object.keys(right.values)])];
  if (ports.length === 0) return <p className="text-12 text-ink-3">{empty}</p>;
  return (
    <div className="flex flex-col gap-4">
      {ports.map((port) => (
        <Port
          key={port}
          name={port}
          left={left.values[port]}
          right={right.values[port]}
          cut={left.cut.includes(port) || right.cut.includes(port)}
        />
      ))}
    </div>
  );
}

const isLinewise = (value: unknown) => !['image', 'files', 'blob'].includes(shownAs(value).kind);

function Port({ name, left, right, cut }: { name: string; left: unknown; right: unknown; cut: boolean }) {
  const [one, other] = useMemo(() => [comparableText(left), comparableText(right)], [left, right]);
  const same = one === other;
  const pairs = useMemo(
    () => (same || !isLinewise(left) || !isLinewise(right) ? null : sideBySide(one, other)),
    [same, left, right, one, other],
  );
  return (
    <section aria-label={name} className="flex flex-col gap-1.5">
      <header className="row gap-2 text-12">
        <span className="text-ink-3">{name}</span>
        <Chip>{same ? 'the same' : 'differs'}</Chip>
        {cut && <span className="text-ink-3">Only the beginning is compared.</span>}
      </header>
      {same ? (
        <ValueView value={left} />
      ) : pairs === null ? (
        <Beside left={<ValueView value={left} />} right={<ValueView value={right} />} />
      ) : (
        <Lines pairs={pairs} />
      )}
    </section>
  );
}

export const Beside = ({ left, right }: { left: ReactNode; right: ReactNode }) => (
  <div className="grid gap-3 narrow:grid-cols-2">
    <div className="min-w-0">{left}</div>
    <div className="min-w-0">{right}</div>
  </div>
);

const Lines = ({ pairs }: { pairs: readonly SidePair[] }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
  <section className="compare-lines" tabIndex={0} aria-label="Line by line">
    {pairs.flatMap((pair, at) => [
      // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no other name
      <Line key={`${at} l`} text={pair.left} side={pair.same ? undefined : 'left'} words="First run only: " />,
      // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no other name
      <Line key={`${at} r`} text={pair.right} side={pair.same ? undefined : 'right'} words="Second run only: " />,
    ])}
  </section>
);

const Line = ({ text, side, words }: { text: string | null; side: 'left' | 'right' | undefined; words: string }) => (
  <div data-side={text === null ? 'none' : side}>
    {side !== undefined && text !== null && <span className="sr-only">{words}</span>}
    {text}
  </div>
);
