import type { Gpu, ResourceLimits } from '../../../shared/model/node.ts';
import { formatGigabytes, formatMemory } from '../../ui/numbers.ts';
import { shortCpu } from '../node-facts.ts';
import { GpuLimit } from './gpu-limit.tsx';
import { Limit, Row } from './limit.tsx';

/** What a machine has, and what of it jobs have reserved. */
export interface MachineSizes {
  cpu: string;
  cores: number;
  ramMb: number;
  gpus: readonly Gpu[];
  taken: { cores: number; ramMb: number; gpus: readonly number[] };
}

interface MachineLimitsProps {
  machine: MachineSizes;
  limits: ResourceLimits;
  set: (limits: ResourceLimits) => void;
}

/** Cores, memory and each GPU, as much of them as is shared; whoever may moves it. */
export function MachineLimits({ machine, limits, set }: MachineLimitsProps) {
  const { cores, ramMb, gpus, taken } = machine;
  const { cpuCores = cores, ramPercent = 100 } = limits;
  const gigabytes = ramMb / 1024;
  return (
    <>
      <Limit
        word="Cores"
        note={shortCpu(machine.cpu) || 'CPU'}
        value={Math.min(cores, cpuCores)}
        min={1}
        max={cores}
        used={Math.max(0, taken.cores - 1)}
        figure={{ from: (value) => value, to: Math.round, unit: `of ${formatGigabytes(cores)}` }}
        onChange={(value) => set({ cpuCores: value })}
      />
      <Limit
        word="Memory"
        note={`${ramPercent} % of ${formatMemory(ramMb)}`}
        value={ramPercent}
        min={1}
        max={100}
        used={(taken.ramMb / Math.max(1, ramMb)) * 100}
        figure={{
          from: (value) => (gigabytes * value) / 100,
          to: (figure) => Math.round((figure / gigabytes) * 100),
          unit: `of ${formatMemory(ramMb)}`,
        }}
        onChange={(value) => set({ ramPercent: value })}
      />
      {gpus.map((gpu, index) => (
        <GpuLimit key={gpu.id} {...{ gpu, index, limits, set }} taken={taken.gpus[index] ?? 0} />
      ))}
      {gpus.length === 0 && (
        <Row word="GPU" note="none found" amount="none">
          <span className="text-12 text-ink-3">This machine has no GPU. It works on its cores.</span>
        </Row>
      )}
    </>
  );
}
