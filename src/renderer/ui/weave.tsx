import './weave.css';
import { machineColour } from './machine-chip.tsx';

/** A stretch of the weave. `share` is any positive amount; the strip is cut in proportion. */
export type WeaveStretch =
  | { kind: 'machine'; colour: number; share: number; key?: string }
  | { kind: 'host' | 'failed' | 'open'; share: number; key?: string };

interface WeaveProps {
  stretches: readonly WeaveStretch[];
  /** What the strip says, in words. */
  label: string;
  height?: number;
  className?: string;
}

/** A thin strip cut into the colours of the nodes that did the work. */
export function Weave({ stretches, label, height = 8, className }: WeaveProps) {
  const shown = stretches.filter((stretch) => stretch.share > 0);
  return (
    <span className={`ui-weave ${className ?? ''}`} style={{ height }} role="img" aria-label={label}>
      {shown.length === 0 && <i data-kind="open" style={{ flexGrow: 1 }} />}
      {shown.map((stretch, index) => (
        <i
          key={stretch.key ?? `${stretch.kind}-${index}`}
          data-kind={stretch.kind}
          style={{ flexGrow: stretch.share, ...(stretch.kind === 'machine' ? machineColour(stretch.colour) : {}) }}
        />
      ))}
    </span>
  );
}
