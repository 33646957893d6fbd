import type { ReactNode } from 'react';
import { isRunOver, type RunSummary } from '../../../shared/model/run.ts';
import { useMachines, weaveOf, weaveWords } from '../../app/machines.ts';
import { runTook } from '../../app/run-words.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { MachineChip } from '../../ui/machine-chip.tsx';
import { formatCount, formatDuration, formatShare } from '../../ui/numbers.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Weave } from '../../ui/weave.tsx';
import { starterWords } from './run-origins.tsx';

const Figure = ({ word, children }: { word: string; children: ReactNode }) => (
  <div className="mr-6.5 border-r border-line pr-6.5">
    <div className="text-12 text-ink-3">{word}</div>
    <div className="text-17 font-strong whitespace-nowrap">{children}</div>
  </div>
);

const Small = ({ children }: { children: ReactNode }) => (
  <small className="text-13 font-text tracking-normal text-ink-2">{children}</small>
);

/** What it took, who started it, who did the work. */
export function Summary({ run, now }: { run: RunSummary; now: number }) {
  const { done, failed, total } = run.progress;
  const starter = starterWords(run);
  return (
    <div className="flex flex-none items-stretch overflow-x-auto border-b border-line bg-surface px-5 py-3.5">
      <Figure word={run.state === 'waiting' ? 'Waits for' : run.finishedAt === null ? 'Runs for' : 'Took'}>
        {formatDuration(runTook(run, now))}
      </Figure>
      <Figure word="Started">
        <span className="row gap-2 text-13 font-text tracking-normal">
          {run.startedBy !== null && run.trigger === undefined && (
            <Avatar name={run.startedBy} size={18} said={false} />
          )}
          <span>
            {starter === null ? '' : `${starter}, `}
            <RelativeTime at={run.createdAt} />
          </span>
        </span>
      </Figure>
      <Figure word="Pieces of work">
        {formatCount(done)}{' '}
        <Small>
          of {formatCount(total)}
          {failed > 0 ? `, ${formatCount(failed)} failed` : ''}
        </Small>
      </Figure>
      <WhoDidTheWork run={run} />
    </div>
  );
}

function WhoDidTheWork({ run }: { run: RunSummary }) {
  const machines = useMachines();
  const parts = run.weave.filter((part) => part.nodeId !== null).toSorted((a, b) => b.ms - a.ms);
  const work = parts.reduce((sum, part) => sum + part.ms, 0);
  return (
    <div className="min-w-72 flex-1">
      <div className="row text-12 text-ink-3">
        Who did the work
        {work > 0 && <span className="ml-auto whitespace-nowrap">{formatDuration(work)} of machine time</span>}
      </div>
      <Weave stretches={weaveOf(run, machines)} label={weaveWords(run, machines)} className="mt-1.25" />
      <div className="mt-1.25 row gap-3 overflow-hidden text-12 leading-[14px] text-ink-2">
        {parts.length === 0 && (
          <span className="text-ink-3">{isRunOver(run.state) ? 'The host alone' : 'No node yet'}</span>
        )}
        {parts.slice(0, 5).map((part) => {
          const machine = machines.get(part.nodeId ?? '');
          return (
            <span key={part.nodeId} className="row gap-1.25 whitespace-nowrap">
              {machine !== undefined && <MachineChip {...machine} size={13} />}
              {machine?.name ?? 'a removed node'} {formatShare(work === 0 ? 0 : part.ms / work)}
            </span>
          );
        })}
        {parts.length > 5 && <span className="text-ink-3">and {parts.length - 5} more</span>}
      </div>
    </div>
  );
}
