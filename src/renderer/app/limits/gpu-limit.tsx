import type { Gpu, ResourceLimits } from '../../../shared/model/node.ts';
import { formatMemory } from '../../ui/numbers.ts';
import { Switch } from '../../ui/switch.tsx';
import { Limit, Row } from './limit.tsx';

interface GpuProps {
  gpu: Gpu;
  index: number;
  limits: ResourceLimits;
  /** MiB that jobs have reserved. */
  taken: number;
  set: (limits: ResourceLimits) => void;
}

/** One GPU: on or off, and how much of its memory. What other programs use of it is hatched. */
export function GpuLimit({ gpu, index, limits, taken, set }: GpuProps) {
  const { enabled = true, memoryPercent = 100 } = limits.gpus?.[gpu.id] ?? {};
  const choose = (chosen: { enabled?: boolean; memoryPercent?: number }) =>
    set({ gpus: { ...limits.gpus, [gpu.id]: { enabled, memoryPercent, ...chosen } } });
  const word = `GPU ${index}`;
  const lead = <Switch on={enabled} label={`Share ${word}`} onChange={(on) => choose({ enabled: on })} />;
  const { memory_mb: memory, other_mb: others = 0 } = gpu;
  if (!enabled || memory === undefined || memory === 0) {
    return (
      <Row word={word} note={gpu.model} lead={lead} amount={enabled ? 'all of it' : 'none'}>
        <span className="text-12 text-ink-3">
          {enabled ? 'It does not say how much memory it has.' : 'Off. Its owner keeps it.'}
        </span>
      </Row>
    );
  }
  return (
    <Limit
      word={word}
      note={others > 0 ? `${gpu.model}, ${formatMemory(others)} by others` : gpu.model}
      lead={lead}
      value={memoryPercent}
      min={1}
      max={100}
      used={(taken / memory) * 100}
      kept={Math.min(100, (others / memory) * 100)}
      figure={{
        from: (value) => (memory * value) / 100 / 1024,
        to: (figure) => Math.round(((figure * 1024) / memory) * 100),
        unit: `of ${formatMemory(memory)}`,
      }}
      onChange={(value) => choose({ memoryPercent: value })}
    />
  );
}
