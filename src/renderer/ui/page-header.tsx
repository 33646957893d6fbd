import { Fragment, type ReactNode } from 'react';

interface PageHeaderProps {
  /** From the outside in; the last is where one is. Links except the last. */
  trail: readonly ReactNode[];
  /** Before the trail: a chip. */
  lead?: ReactNode;
  /** Beside it: a state, a count. */
  status?: ReactNode;
  /** In the middle: views of the same thing. */
  middle?: ReactNode;
  /** At the right. */
  actions?: ReactNode;
}

/** Says where one is: 48 px, breadcrumb, status, actions. The last part of the trail is the page's heading. */
export function PageHeader({ trail, lead, status, middle, actions }: PageHeaderProps) {
  return (
    <header className="row h-12 flex-none gap-3 border-b border-line bg-surface pr-4 pl-5">
      {lead}
      <div className="row min-w-0 gap-1.75 whitespace-nowrap">
        {trail.map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a trail is told by its depth
          <Fragment key={index}>
            {index > 0 && (
              <span className="text-ink-off" aria-hidden="true">
                /
              </span>
            )}
            {index === trail.length - 1 ? (
              <h1 className="cut font-strong">{part}</h1>
            ) : (
              <span className="cut max-w-60 text-ink-3 hover:text-ink">{part}</span>
            )}
          </Fragment>
        ))}
      </div>
      {status !== undefined && <div className="row min-w-0 gap-2 text-12 text-ink-3">{status}</div>}
      {middle !== undefined && <div className="mx-auto">{middle}</div>}
      {actions !== undefined && <div className={`row gap-2 ${middle === undefined ? 'ml-auto' : ''}`}>{actions}</div>}
    </header>
  );
}
