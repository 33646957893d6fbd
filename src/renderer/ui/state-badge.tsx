import './state-badge.css';
import type { ReactNode } from 'react';
import { type GlyphState, StateGlyph } from './state-glyph.tsx';

/** The word for each state; the same everywhere. */
export const stateWords: Record<GlyphState, string> = {
  waiting: 'Waiting',
  line: 'In line',
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  asks: 'Waits for you',
  look: 'Needs a look',
  skipped: 'Skipped',
  stopped: 'Stopped',
  paused: 'Paused',
};

const tones: Record<GlyphState, 'wait' | 'run' | 'done' | 'fail' | 'warn'> = {
  waiting: 'wait',
  line: 'wait',
  running: 'run',
  done: 'done',
  failed: 'fail',
  asks: 'warn',
  look: 'warn',
  skipped: 'wait',
  stopped: 'wait',
  paused: 'wait',
};

/** Glyph and words together, because colour is never alone. */
export const StateBadge = ({ state, children }: { state: GlyphState; children?: ReactNode }) => (
  <span className="ui-badge" data-tone={tones[state]}>
    <StateGlyph state={state} />
    {children ?? stateWords[state]}
  </span>
);
