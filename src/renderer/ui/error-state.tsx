import { RotateCcw } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { StateGlyph } from './state-glyph.tsx';

/** This machine and the host, with the line between them cut. */
const CutLine = () => (
  <svg width="220" height="96" viewBox="0 0 220 96" aria-hidden="true">
    <path d="M64 48h32" stroke="var(--line-ui)" strokeWidth="1.5" />
    <path d="M122 48h32" stroke="var(--line-ui)" strokeWidth="1.5" strokeDasharray="2 6" strokeLinecap="round" />
    <path d="m102 40 14 16m0-16-14 16" stroke="var(--fail)" strokeWidth="2.2" strokeLinecap="round" />
    <rect x="12" y="22" width="52" height="52" rx="12" fill="var(--machine-2)" />
    <path d="M38 33.5 52.5 48 38 62.5 23.5 48Z" fill="var(--on-machine)" />
    <rect
      x="156.8"
      y="22.8"
      width="50.4"
      height="50.4"
      rx="11.5"
      fill="none"
      stroke="var(--machine-3)"
      strokeWidth="1.6"
      strokeDasharray="5 4"
    />
    <path d="M182 35 196 59.5H168Z" fill="var(--machine-3)" />
  </svg>
);

interface ErrorStateProps {
  /** "The flows could not be loaded" */
  title: string;
  /** What happened, and what happens next. */
  children: ReactNode;
  onRetry: () => void;
  retrying?: boolean;
  /** A line under the buttons: "Tries by itself in 8 s". */
  note?: ReactNode;
  actions?: ReactNode;
}

/** A whole page that could not be loaded. */
export const ErrorState = ({ title, children, onRetry, retrying = false, note, actions }: ErrorStateProps) => (
  <div className="m-auto flex max-w-[560px] flex-col items-center px-5 py-8 text-center" role="alert">
    <CutLine />
    <h2 className="mt-5.5 text-20 font-strong">{title}</h2>
    <p className="mt-1.5 text-14 text-ink-2">{children}</p>
    <div className="mt-4.5 flex flex-wrap justify-center gap-2">
      <Button size="l" variant="main" icon={RotateCcw} onClick={onRetry} pending={retrying}>
        Try again
      </Button>
      {actions}
    </div>
    {note !== undefined && <p className="mt-2.5 text-12 text-ink-3">{note}</p>}
  </div>
);

/** The same in the small, inside a panel. */
export const ErrorPanel = ({
  title,
  children,
  onRetry,
  retrying = false,
}: Omit<ErrorStateProps, 'note' | 'actions'>) => (
  <div className="p-4.5" role="alert">
    <div className="row gap-2 font-strong">
      <StateGlyph state="failed" />
      {title}
    </div>
    <p className="mt-0.5 text-12 text-ink-2">{children}</p>
    <Button size="s" className="mt-3" icon={RotateCcw} onClick={onRetry} pending={retrying}>
      Try again
    </Button>
  </div>
);
