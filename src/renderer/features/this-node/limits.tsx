import type { ReactNode } from 'react';
import type { Gpu, Node } from '../../../shared/model/node.ts';
import { factsOf, share, shortCpu } from '../../app/node-facts.ts';
import { machineColour } from '../../ui/machine-chip.tsx';
import { formatGigabytes, formatMemory } from '../../ui/numbers.ts';
import { Panel } from '../../ui/panel.tsx';

interface LimitProps {
  word: string;
  note: string;
  /** 0–1 of the whole machine. */
  used: number;
  shared: number;
  amount: string;
  whole: string;
}

/** What is shared of one resource, and what of that is in use; the rest is kept. */
const Limit = ({ word, note, used, shared, amount, whole }: LimitProps) => (
  <Row
    word={word}
    note={note}
    amount={
      <>
        <b className="font-medium text-ink">{amount}</b> of {whole}
      </>
    }
  >
    <span
      className="relative block h-1 rounded-2 bg-track"
      role="img"
      aria-label={`${word}: ${amount} of ${whole} shared, ${Math.round(used * 100)} % of the machine in use`}
    >
      <i className="absolute inset-y-0 left-0 rounded-2 bg-ink" style={{ width: `${shared * 100}%` }} />
      <i
        className="absolute inset-y-0 left-0 rounded-l-2 bg-machine"
        style={{ width: `${Math.min(used, shared) * 100}%` }}
      />
      {shared < 1 && (
        <i className="hatched absolute inset-y-0 right-0 rounded-r-2" style={{ width: `${(1 - shared) * 100}%` }} />
      )}
    </span>
  </Row>
);

const Row = ({
  word,
  note,
  amount,
  children,
}: {
  word: string;
  note: string;
  amount: ReactNode;
  children: ReactNode;
}) => (
  <div className="grid min-h-15 grid-cols-[minmax(96px,150px)_minmax(0,1fr)_128px] items-center gap-4.5 border-b border-line px-4 last:border-0">
    <div className="min-w-0 leading-[17px]">
      <div className="font-medium">{word}</div>
      <div className="cut text-12 text-ink-3" title={note}>
        {note}
      </div>
    </div>
    {children}
    <div className="text-right text-ink-3">{amount}</div>
  </div>
);

function GpuLimit({ node, gpu, index }: { node: Node; gpu: Gpu; index: number }) {
  const limit = node.resourceLimits.gpus?.[gpu.id];
  const shared = limit?.enabled === false ? 0 : (limit?.memoryPercent ?? 100) / 100;
  const memory = gpu.memory_mb;
  if (shared === 0 || memory === undefined) {
    return (
      <Row word={`GPU ${index}`} note={gpu.model} amount={shared === 0 ? 'none' : 'all of it'}>
        <span className="text-12 text-ink-3">
          {shared === 0 ? 'Off. Its owner keeps it.' : 'It does not say how much memory it has.'}
        </span>
      </Row>
    );
  }
  return (
    <Limit
      word={`GPU ${index}`}
      note={gpu.model}
      used={0}
      shared={shared}
      amount={formatGigabytes((memory * shared) / 1024)}
      whole={formatMemory(memory)}
    />
  );
}

const key = (look: string, word: string) => (
  <span className="row gap-2">
    <i className={`h-1 w-3 rounded-2 ${look}`} />
    {word}
  </span>
);

/** What others may use of this machine. */
export function Limits({ node }: { node: Node }) {
  const { cores, sharedCores, ramMb, sharedRamMb } = factsOf(node);
  const gpus = node.capabilities.gpus ?? [];
  return (
    <div style={machineColour(node.colour)}>
      <Panel
        title="What others may use"
        end={
          <>
            {key('bg-machine', 'in use now')}
            {key('bg-ink', 'shared')}
            {key('hatched', 'kept')}
          </>
        }
      >
        {cores !== null && sharedCores !== null && (
          <Limit
            word="Cores"
            note={shortCpu(node.capabilities.cpu?.model ?? '') || 'CPU'}
            used={share(node.reserved.cores, cores)}
            shared={share(sharedCores, cores)}
            amount={formatGigabytes(sharedCores)}
            whole={formatGigabytes(cores)}
          />
        )}
        {ramMb !== null && sharedRamMb !== null && (
          <Limit
            word="Memory"
            note={`${Math.round(share(sharedRamMb, ramMb) * 100)} % of ${formatMemory(ramMb)}`}
            used={share(node.reserved.ramMb, ramMb)}
            shared={share(sharedRamMb, ramMb)}
            amount={formatGigabytes(sharedRamMb / 1024)}
            whole={formatMemory(ramMb)}
          />
        )}
        {gpus.map((gpu, index) => (
          <GpuLimit key={gpu.id} node={node} gpu={gpu} index={index} />
        ))}
        {gpus.length === 0 && (
          <Row word="GPU" note="none found" amount="none">
            <span className="text-12 text-ink-3">This machine has no GPU. It works on its cores.</span>
          </Row>
        )}
      </Panel>
    </div>
  );
}
