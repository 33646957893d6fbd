import { type ReactNode, useEffect, useState } from 'react';
import type { Gpu, ResourceLimits } from '../../../shared/model/node.ts';
import type { NodeReport, ThisNode } from '../../../shared/model/this-node.ts';
import { shortCpu } from '../../app/node-facts.ts';
import { formatGigabytes, formatMemory } from '../../ui/numbers.ts';
import { Panel } from '../../ui/panel.tsx';
import { Slider } from '../../ui/slider.tsx';
import { Switch } from '../../ui/switch.tsx';
import type { Change } from './own-node.ts';

interface LimitProps {
  word: string;
  note: string;
  value: number;
  min?: number;
  max: number;
  step?: number;
  used?: number;
  words: (value: number) => string;
  lead?: ReactNode;
  onChange: (value: number) => void;
}

/** A moved slider is sent when it has rested this long. */
const restMs = 350;

/** One limit: it follows the hand at once, and is sent when the hand rests. */
function Limit({ word, note, value, min = 0, max, step = 1, used = 0, words, lead, onChange }: LimitProps) {
  const [draft, setDraft] = useState<number | null>(null);
  useEffect(() => {
    if (draft === null) return;
    const timer = setTimeout(() => {
      onChange(draft);
      setDraft(null);
    }, restMs);
    return () => clearTimeout(timer);
  }, [draft, onChange]);
  const shown = draft ?? value;
  return (
    <Row word={word} note={note} amount={words(shown)} lead={lead}>
      <Slider
        label={word}
        value={shown}
        min={min}
        max={max}
        step={step}
        used={used}
        words={words}
        onChange={setDraft}
      />
    </Row>
  );
}

const Row = ({
  word,
  note,
  amount,
  lead,
  children,
}: {
  word: string;
  note: string;
  amount: ReactNode;
  lead?: ReactNode;
  children: ReactNode;
}) => (
  <div className="grid min-h-15 grid-cols-[minmax(96px,150px)_minmax(0,1fr)_128px] items-center gap-4.5 border-b border-line px-4 last:border-0">
    <div className="min-w-0 leading-[17px]">
      <div className="row gap-2 font-medium">
        {lead}
        {word}
      </div>
      <div className="cut text-12 text-ink-3" title={note}>
        {note}
      </div>
    </div>
    {children}
    <div className="text-right text-ink-3">{amount}</div>
  </div>
);

const key = (look: string, word: string) => (
  <span className="row gap-2">
    <i className={`h-1 w-3 rounded-2 ${look}`} />
    {word}
  </span>
);

/** What others may use of this machine; its owner moves it here. */
export function Limits({ own, report, change }: { own: ThisNode; report: NodeReport; change: Change }) {
  const set = (limits: ResourceLimits) => change({ do: 'change', settings: { limits } });
  const { cores, ramMb, gpus, taken, drives } = report;
  const { cpuCores = cores, ramPercent = 100, storageGb } = own.limits;
  const room = Math.floor(Math.max(0, ...drives.map(({ free_gb }) => free_gb)));
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
        words={(value) => `${formatGigabytes(value)} of ${formatGigabytes(cores)}`}
        onChange={(value) => set({ cpuCores: value })}
      />
      <Limit
        word="Memory"
        note={`${ramPercent} % of ${formatMemory(ramMb)}`}
        value={ramPercent}
        min={1}
        max={100}
        used={(taken.ramMb / Math.max(1, ramMb)) * 100}
        words={(value) => `${formatMemory((ramMb * value) / 100)} of ${formatMemory(ramMb)}`}
        onChange={(value) => set({ ramPercent: value })}
      />
      {gpus.map((gpu, index) => (
        <GpuLimit key={gpu.id} gpu={gpu} index={index} limits={own.limits} set={set} />
      ))}
      {gpus.length === 0 && (
        <Row word="GPU" note="none found" amount="none">
          <span className="text-12 text-ink-3">This machine has no GPU. It works on its cores.</span>
        </Row>
      )}
      {room > 0 && (
        <Limit
          word="Storage"
          note="for files of jobs"
          value={Math.min(room, storageGb ?? room)}
          max={room}
          words={(value) => `${value} of ${room} GB`}
          onChange={(value) => set({ storageGb: value })}
        />
      )}
      <p className="px-4 py-3 text-12 text-ink-3">
        {report.coresBy === 'bound'
          ? 'Jobs run on the shared cores only. '
          : 'No more jobs run at once than these cores allow, at low priority. '}
        A job that takes more memory than it asked for is ended. GPU memory and storage are set aside for jobs, not
        fenced.
      </p>
    </Panel>
  );
}

interface GpuProps {
  gpu: Gpu;
  index: number;
  limits: ResourceLimits;
  set: (limits: ResourceLimits) => void;
}

function GpuLimit({ gpu, index, limits, set }: GpuProps) {
  const { enabled = true, memoryPercent = 100 } = limits.gpus?.[gpu.id] ?? {};
  const choose = (chosen: { enabled?: boolean; memoryPercent?: number }) =>
    set({ gpus: { ...limits.gpus, [gpu.id]: { enabled, memoryPercent, ...chosen } } });
  const word = `GPU ${index}`;
  const lead = <Switch on={enabled} label={`Share ${word}`} onChange={(on) => choose({ enabled: on })} />;
  const memory = gpu.memory_mb;
  if (!enabled || memory === undefined) {
    return (
      <Row word={word} note={gpu.model} lead={lead} amount={enabled ? 'all of it' : 'none'}>
        <span className="text-12 text-ink-3">
          {enabled ? 'It does not say how much memory it has.' : 'Off. You keep it.'}
        </span>
      </Row>
    );
  }
  return (
    <Limit
      word={word}
      note={gpu.model}
      lead={lead}
      value={memoryPercent}
      min={1}
      max={100}
      words={(value) => `${formatMemory((memory * value) / 100)} of ${formatMemory(memory)}`}
      onChange={(value) => choose({ memoryPercent: value })}
    />
  );
}
