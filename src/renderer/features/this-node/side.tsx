import type { ReactNode } from 'react';

/** One part of the column at the right. */
export const Side = ({ title, end, children }: { title: string; end?: ReactNode; children: ReactNode }) => (
  <section className="border-b border-line px-4.5 py-4 last:border-0">
    <div className="row min-h-6">
      <h2 className="font-strong">{title}</h2>
      {end !== undefined && <span className="ml-auto text-12 text-ink-3">{end}</span>}
    </div>
    <div className="mt-1.5">{children}</div>
  </section>
);

export const Figure = ({ figure, word }: { figure: string; word: string }) => (
  <div>
    <div className="text-20 leading-[26px] font-strong">{figure}</div>
    <div className="text-12 text-ink-3">{word}</div>
  </div>
);
