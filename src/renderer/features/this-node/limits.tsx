import type { ResourceLimits } from '../../../shared/model/node.ts';
import type { NodeReport, ThisNode } from '../../../shared/model/this-node.ts';
import { shortCpu } from '../../app/node-facts.ts';
import { formatGigabytes, formatMemory } from '../../ui/numbers.ts';
import { Panel } from '../../ui/panel.tsx';
import { GpuLimit } from './gpu-limit.tsx';
import { Limit, Row } from './limit.tsx';
import type { Change } from './own-node.ts';

const key = (look: string, word: string) => (
  <span className="row gap-2">
    <i className={`h-1 w-3 rounded-2 ${look}`} />
    {word}
  </span>
);

/** What others may use of this machine; its owner moves it here. */
export function Limits({ own, report, change }: { own: ThisNode; report: NodeReport; change: Change }) {
  const set = (limits: ResourceLimits) => change({ do: 'change', settings: { limits } });
  const { cores, ramMb, gpus, taken } = report;
  const { cpuCores = cores, ramPercent = 100 } = own.limits;
  const gigabytes = ramMb / 1024;
  return (
    <Panel
      title="What others may use"
      end={
        <>
          {key('bg-machine', 'in use now')}
          {key('bg-ink', 'shared')}
        </>
      }
    >
      <Limit
        word="Cores"
        note={shortCpu(report.cpu) || 'CPU'}
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
        <GpuLimit key={gpu.id} {...{ gpu, index, set }} limits={own.limits} taken={taken.gpus[index] ?? 0} />
      ))}
      {gpus.length === 0 && (
        <Row word="GPU" note="none found" amount="none">
          <span className="text-12 text-ink-3">This machine has no GPU. It works on its cores.</span>
        </Row>
      )}
      <p className="px-4 py-3 text-12 text-ink-3">
        {report.coresBy === 'bound'
          ? 'Jobs run on the shared cores only. '
          : 'No more jobs run at once than these cores allow, at low priority. '}
        A job that takes more memory than it asked for is ended. GPU memory is set aside for jobs, beside what other
        programs use of it; nothing can fence it.
      </p>
    </Panel>
  );
}
