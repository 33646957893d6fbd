import type { ReactNode } from 'react';

interface PanelProps {
  title?: ReactNode;
  /** Beside the title, quieter. */
  note?: ReactNode;
  /** At the right of the head. */
  end?: ReactNode;
  className?: string;
  children: ReactNode;
}

/** A card for things that are separate objects; never a card in a card. */
export const Panel = ({ title, note, end, className, children }: PanelProps) => (
  <section className={`overflow-hidden rounded-panel border border-line bg-surface ${className ?? ''}`}>
    {title !== undefined && (
      <header className="row h-10.5 gap-2.5 border-b border-line px-4">
        <h2 className="font-strong">{title}</h2>
        {note !== undefined && <span className="cut text-12 text-ink-3">{note}</span>}
        {end !== undefined && <span className="ml-auto row gap-4 text-12 text-ink-3">{end}</span>}
      </header>
    )}
    {children}
  </section>
);

/** Facts as pairs of a word and its value. */
export const Facts = ({ rows, wide = 104 }: { rows: readonly { word: string; value: ReactNode }[]; wide?: number }) => (
  <dl className="grid gap-y-1 text-12" style={{ gridTemplateColumns: `${wide}px minmax(0, 1fr)` }}>
    {rows.map(({ word, value }) => (
      <div key={word} className="contents">
        <dt className="text-ink-3">{word}</dt>
        <dd className="min-w-0 break-words">{value}</dd>
      </div>
    ))}
  </dl>
);
