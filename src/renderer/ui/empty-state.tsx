import type { ReactNode } from 'react';

interface EmptyStateProps {
  picture?: ReactNode;
  title: string;
  /** What this is. */
  children: ReactNode;
  /** The one next action, and at most one other. */
  actions?: ReactNode;
}

/** A whole page with nothing on it yet: what this is, and the one next action. */
export const EmptyState = ({ picture, title, children, actions }: EmptyStateProps) => (
  <div className="m-auto flex max-w-[520px] flex-col items-center px-5 py-8 text-center">
    {picture}
    <h2 className="mt-5.5 text-20 font-strong">{title}</h2>
    <p className="mt-1.5 text-14 text-ink-2">{children}</p>
    {actions !== undefined && <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div>}
  </div>
);

/** The same in the small, inside a panel. */
export const EmptyPanel = ({ title, children, actions }: Omit<EmptyStateProps, 'picture'>) => (
  <div className="p-4.5">
    <div className="font-strong">{title}</div>
    <p className="mt-0.5 text-12 text-ink-2">{children}</p>
    {actions !== undefined && <div className="mt-3 flex gap-2">{actions}</div>}
  </div>
);
