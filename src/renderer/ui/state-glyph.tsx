import './state-glyph.css';
import type { ReactNode } from 'react';

/** How something stands, in the words of the design. */
export type GlyphState =
  | 'waiting'
  | 'line'
  | 'running'
  | 'done'
  | 'failed'
  | 'asks'
  | 'look'
  | 'skipped'
  | 'stopped'
  | 'paused';

const ring = { fill: 'none', strokeWidth: 1.4 } as const;
const round = { strokeLinecap: 'round', strokeLinejoin: 'round' } as const;

const drawings: Record<GlyphState, ReactNode> = {
  waiting: <circle cx="7" cy="7" r="5.6" {...ring} stroke="var(--ink-3)" strokeDasharray="1.6 1.92" />,
  line: (
    <>
      <circle cx="7" cy="7" r="5.6" fill="none" stroke="var(--ink-2)" strokeWidth="1.5" />
      <path d="M7 4v3.2l2 1.2" {...ring} {...round} stroke="var(--ink-2)" />
    </>
  ),
  running: (
    <>
      <circle cx="7" cy="7" r="5.5" fill="none" stroke="var(--track)" strokeWidth="2" />
      <path
        className="ui-glyph-spin"
        d="M7 1.5A5.5 5.5 0 0 1 11.9 9.5"
        fill="none"
        stroke="var(--c, var(--run-line))"
        strokeWidth="2"
        {...round}
      />
    </>
  ),
  done: (
    <>
      <circle cx="7" cy="7" r="6.3" fill="var(--done)" />
      <path d="m4.3 7.2 1.9 1.9 3.6-4" fill="none" stroke="var(--surface)" strokeWidth="1.5" {...round} />
    </>
  ),
  failed: (
    <>
      <path d="M4.4.9h5.2l3.5 3.5v5.2l-3.5 3.5H4.4L.9 9.6V4.4z" fill="var(--fail)" />
      <path d="m4.9 4.9 4.2 4.2m0-4.2L4.9 9.1" stroke="var(--surface)" strokeWidth="1.5" {...round} />
    </>
  ),
  asks: (
    <>
      <rect x=".8" y=".8" width="12.4" height="12.4" rx="3" fill="var(--warn)" />
      <path d="M5 4.2v5.6M9 4.2v5.6" stroke="var(--surface)" strokeWidth="1.7" {...round} />
    </>
  ),
  look: (
    <>
      <path d="M7 1.2 13.4 12.9H.6z" fill="none" stroke="var(--warn)" strokeWidth="1.5" {...round} />
      <path d="M7 5.4v3M7 10.5v.1" stroke="var(--warn)" strokeWidth="1.5" {...round} />
    </>
  ),
  skipped: (
    <>
      <circle cx="7" cy="7" r="5.6" {...ring} stroke="var(--ink-3)" />
      <path d="M3.2 10.8 10.8 3.2" stroke="var(--ink-3)" strokeWidth="1.4" />
    </>
  ),
  stopped: (
    <>
      <circle cx="7" cy="7" r="6.3" fill="var(--ink-3)" />
      <rect x="4.7" y="4.7" width="4.6" height="4.6" rx=".8" fill="var(--surface)" />
    </>
  ),
  paused: (
    <>
      <rect x=".8" y=".8" width="12.4" height="12.4" rx="3" fill="var(--ink-3)" />
      <path d="M5 4.2v5.6M9 4.2v5.6" stroke="var(--surface)" strokeWidth="1.7" {...round} />
    </>
  ),
};

interface StateGlyphProps {
  state: GlyphState;
  size?: number;
  /** Say it only where no words stand beside it. */
  label?: string;
  className?: string;
}

/** The sign of a state, 14 px. A spinner takes the machine's colour from `--c` of what surrounds it. */
export function StateGlyph({ state, size = 14, label, className }: StateGlyphProps) {
  const said = label === undefined ? { 'aria-hidden': true as const } : { role: 'img' as const, 'aria-label': label };
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: hidden, or labelled through `said`
    <svg className={`ui-glyph ${className ?? ''}`} width={size} height={size} viewBox="0 0 14 14" {...said}>
      {drawings[state]}
    </svg>
  );
}
