import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { History, Play, RotateCw, Square, X } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Node } from '../../../../shared/model/node.ts';
import { isRunOver, type RunSummary } from '../../../../shared/model/run.ts';
import { useApi } from '../../../api/api.ts';
import { errorWords } from '../../../api/error-words.ts';
import { nodesQuery, runsQuery } from '../../../api/queries.ts';
import { toMachine, weaveOf, weaveWords } from '../../../app/machines.ts';
import { useWorkspace } from '../../../app/workspace.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { MachineChip } from '../../../ui/machine-chip.tsx';
import { Menu, MenuCaption, MenuItem, MenuLine } from '../../../ui/menu.tsx';
import { formatCount, formatDuration, formatPlural } from '../../../ui/numbers.ts';
import { RelativeTime, useNow } from '../../../ui/relative-time.tsx';
import { StateGlyph } from '../../../ui/state-glyph.tsx';
import { glyphOfRun } from '../../../ui/states.ts';
import { Weave } from '../../../ui/weave.tsx';
import { useBuilder, useRun } from '../model/builder.ts';
import { useMachines } from '../model/machines-context.ts';
import { timeWords } from './run-words.ts';
import { tryAgain } from './try-again.ts';
import { useStartRun } from './use-start-run.ts';

/** Run, stop, what runs where, and the runs before. 64 px, with the weave of the run on its upper edge. */
export function RunBar() {
  const { flow, readOnly } = useBuilder();
  // Before the document is here there is nothing to run, and an empty flow would be refused.
  const loaded = useStore(flow.state, (state) => state.loaded);
  const history = useHistory();
  const shown = useRun((state) => state.overlay?.run ?? null);
  const pending = useRun((state) => state.pending);
  const problem = useRun((state) => state.problem);
  const start = useStartRun();
  const { run: session } = useBuilder();
  const running = shown !== null && !isRunOver(shown.state);
  return (
    <section className="flow-runbar" aria-label="Run">
      {shown !== null && <RunWeave run={shown} />}
      {!readOnly &&
        (running ? (
          <Button variant="danger" icon={Square} pending={pending === 'stop'} onClick={() => void session.stop()}>
            Stop
          </Button>
        ) : (
          <Button
            variant="go"
            icon={Play}
            pending={pending === 'start'}
            disabled={!loaded}
            onClick={() => start()}
            title="Run the flow, Ctrl + Enter"
          >
            {shown === null ? 'Run' : 'Run again'}
          </Button>
        ))}
      {!readOnly && (shown?.state === 'failed' || shown?.state === 'cancelled') && (
        <Button
          icon={RotateCw}
          pending={pending === 'resume'}
          title="Goes on from where it stopped; what is finished is not done again"
          onClick={() => void tryAgain(session)}
        >
          {shown.state === 'failed' ? 'Try again' : 'Go on'}
        </Button>
      )}
      {shown === null ? (
        <p className="cut text-12 text-ink-3">
          {problem !== null
            ? errorWords(problem).what
            : history.length > 0
              ? 'No run is shown.'
              : readOnly
                ? 'Nobody has run this flow yet.'
                : 'Not run yet. What runs where shows here.'}
        </p>
      ) : (
        <Standing run={shown} />
      )}
      {running ? <WhatRunsWhere run={shown} /> : shown !== null && <WhoDidIt run={shown} />}
      <div className="ml-auto row gap-1">
        {shown !== null && !running && (
          <IconButton
            icon={X}
            label="Take this run off the canvas"
            size="s"
            variant="ghost"
            onClick={() => session.hide()}
          />
        )}
        <HistoryMenu history={history} shown={shown?.id ?? null} />
      </div>
    </section>
  );
}

const noRuns: readonly RunSummary[] = [];

/** The latest runs of this flow, live; the newest is put on the canvas when the flow is opened, and when somebody starts one. */
export function useHistory(): readonly RunSummary[] {
  const { flowId, run: session } = useBuilder();
  const workspace = useWorkspace();
  const { data } = useInfiniteQuery(runsQuery(useApi(), workspace.id, { flowId }));
  const history = data?.pages[0]?.items ?? noRuns;
  const latest = history[0]?.id;
  useEffect(() => {
    if (latest !== undefined) void session.show(latest);
  }, [latest, session]);
  useEffect(() => {
    for (const run of history) session.takeRun(run);
  }, [history, session]);
  return history;
}

function RunWeave({ run }: { run: RunSummary }) {
  const machines = useMachines();
  return (
    <Weave
      className="flow-runbar-weave"
      height={3}
      stretches={weaveOf(run, machines)}
      label={weaveWords(run, machines)}
    />
  );
}

function Standing({ run }: { run: RunSummary }) {
  const now = useNow(isRunOver(run.state) ? 60_000 : 500);
  const by = run.startedBy === null ? '' : `started by ${run.startedBy}`;
  return (
    <div className="narrow:min-w-43 flex-none leading-[17px]" role="status">
      <div className="row gap-2">
        {run.state !== 'running' && <StateGlyph state={glyphOfRun[run.state]} />}
        <Link
          to="/w/$workspaceId/runs/$runId"
          params={{ workspaceId: run.workspaceId, runId: run.id }}
          className="font-strong hover:underline"
        >
          {`Run ${formatCount(run.number)}`}
        </Link>
        <span className="by cut max-w-40 text-12 text-ink-3">{by}</span>
      </div>
      <div className="text-12 whitespace-nowrap text-ink-2">{timeWords(run, now)}</div>
    </div>
  );
}

/** Chips of the nodes that work on this run now, each with what it does. */
function WhatRunsWhere({ run }: { run: RunSummary }) {
  const nodes = useNodes();
  const now = useNow(500);
  const working = nodes.filter((node) => jobsOf(node, run).length > 0);
  const idle = nodes.filter((node) => node.status === 'online' && node.available && node.currentJobs === 0).length;
  const away = nodes.filter((node) => node.status !== 'online' || !node.available).length;
  const rest = [idle > 0 ? `${idle} idle` : '', away > 0 ? `${away} away` : ''].filter(Boolean).join(', ');
  return (
    <ul className="flow-works">
      {working.slice(0, 5).map((node) => {
        const [first, ...more] = jobsOf(node, run);
        return (
          <li key={node.id}>
            <MachineChip {...toMachine(node)} size={20} />
            <div className="min-w-0">
              <div className="cut text-12 font-strong">{node.name}</div>
              {first !== undefined && (
                <div className="row text-12 whitespace-nowrap text-ink-3">
                  <span className="cut">{first.label}</span>
                  <span>{`, ${formatDuration(Math.max(0, now - first.startedAt))}`}</span>
                  {more.length > 0 && <span>{`, and ${more.length} more`}</span>}
                </div>
              )}
            </div>
          </li>
        );
      })}
      {working.length > 5 && <li className="plain">{`${working.length - 5} more`}</li>}
      {rest !== '' && <li className="plain">{rest}</li>}
    </ul>
  );
}

/** After a run: who did how much. */
function WhoDidIt({ run }: { run: RunSummary }) {
  const machines = useMachines();
  const parts = run.weave.filter((part) => part.nodeId !== null);
  if (run.state === 'failed' && run.error !== undefined) {
    return (
      <p className="line-clamp-2 min-w-0 text-12 text-ink">
        {run.error.message}
        {run.error.next !== undefined && <span className="text-ink-3">{` ${run.error.next}`}</span>}
      </p>
    );
  }
  return (
    <ul className="flow-works">
      {parts.slice(0, 5).map((part) => {
        const machine = machines.get(part.nodeId ?? '');
        if (machine === undefined) return null;
        return (
          <li key={machine.id}>
            <MachineChip {...machine} size={20} />
            <div className="min-w-0">
              <div className="cut text-12 font-strong">{machine.name}</div>
              <div className="cut text-12 text-ink-3">{`${formatPlural(part.count, 'job')}, ${formatDuration(part.ms)}`}</div>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

const noNodes: readonly Node[] = [];
const useNodes = (): readonly Node[] => useQuery(nodesQuery(useApi(), useWorkspace().id)).data ?? noNodes;
const jobsOf = (node: Node, run: RunSummary) => node.running.filter((job) => job.runId === run.id);

function HistoryMenu({ history, shown }: { history: readonly RunSummary[]; shown: string | null }) {
  const { run: session } = useBuilder();
  if (history.length === 0) return null;
  return (
    <Menu
      side="top"
      width={300}
      trigger={<IconButton icon={History} label="Runs of this flow" size="s" variant="ghost" />}
    >
      <MenuCaption>Runs of this flow</MenuCaption>
      {history.slice(0, 10).map((run) => (
        <MenuItem
          key={run.id}
          lead={<StateGlyph state={glyphOfRun[run.state]} />}
          end={run.id === shown ? 'shown' : <RelativeTime at={run.createdAt} />}
          onSelect={() => void session.show(run.id)}
        >
          {`Run ${formatCount(run.number)}`}
          <span className="ml-2 text-12 text-ink-3">{run.startedBy ?? ''}</span>
        </MenuItem>
      ))}
      {shown !== null && (
        <>
          <MenuLine />
          <MenuItem onSelect={() => session.hide()}>Show no run</MenuItem>
        </>
      )}
    </Menu>
  );
}
