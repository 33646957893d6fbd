import './usage-bar.css';
import type { CSSProperties } from 'react';

interface MeterProps {
  /** 0–1. */
  used: number;
  /** The part kept by its owner, 0–1, hatched at the right. */
  kept?: number;
  label: string;
  height?: number;
  colour?: string;
  className?: string;
}

const percent = (share: number) => `${Math.min(100, Math.max(0, share * 100))}%`;

/** How much of something is in use. */
export function Meter({ used, kept = 0, label, height = 4, colour, className }: MeterProps) {
  const style = { height, ...(colour === undefined ? {} : { '--c': colour }) } as CSSProperties;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a <meter> cannot hold the hatched part
    <span
      className={`ui-meter ${className ?? ''}`}
      style={style}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(Math.min(1, Math.max(0, used)) * 100)}
    >
      <i style={{ width: percent(used) }} />
      {kept > 0 && <i data-kept style={{ width: percent(kept) }} />}
    </span>
  );
}

/** Green under 70 %, yellow under 90 %, red above (interface.md). */
export const usageTone = (used: number): 'ok' | 'high' | 'full' => (used < 0.7 ? 'ok' : used < 0.9 ? 'high' : 'full');

/** How full a drive is, always beside its figure. */
export const UsageBar = ({ used, label, height = 8 }: { used: number; label: string; height?: number }) => (
  <Meter used={used} label={label} height={height} colour={`var(--use-${usageTone(used)})`} />
);
