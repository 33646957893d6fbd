import { useQuery } from '@tanstack/react-query';
import { Pause, Play, RotateCw, TimerOff } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { NodeReport, NodeStanding, ServedHost, ThisNode } from '../../../shared/model/this-node.ts';
import { useApi } from '../../api/api.ts';
import { thisNodeQuery } from '../../api/queries.ts';
import { LoadError } from '../../app/page-states.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-line.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { machineColour } from '../../ui/machine-chip.tsx';
import { Notice } from '../../ui/notice.tsx';
import { formatCount, formatDuration, formatPlural } from '../../ui/numbers.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { useNow } from '../../ui/relative-time.tsx';
import { LoadingWords, Skeleton } from '../../ui/skeleton.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { Switch } from '../../ui/switch.tsx';
import { Drives } from './drives.tsx';
import { Limits } from './limits.tsx';
import { type Change, useChange, useOwnNode } from './own-node.ts';
import { Rules } from './rules.tsx';

/** This machine, and what its owner lets others do with it. */
export function ThisNodePage() {
  const found = useOwnNode();
  if (found.data) return <Own own={found.data} />;
  return (
    <>
      <PageHeader trail={['This node']} />
      <div className="flex min-h-0 flex-1 overflow-auto bg-surface">
        {found.isPending ? (
          <div className="flex-1 p-5">
            <LoadingWords>Loading this node</LoadingWords>
            <Skeleton width="60%" height={120} />
          </div>
        ) : found.isError ? (
          <LoadError
            title="This node could not be loaded"
            error={found.error}
            onRetry={() => void found.refetch()}
            retrying={found.isFetching}
          />
        ) : (
          <EmptyState title="This machine is no node">
            The host runs here without a worker of its own. Start it with one, and this machine takes part.
          </EmptyState>
        )}
      </div>
    </>
  );
}

function Own({ own }: { own: ThisNode }) {
  const act = useChange();
  const change: Change = (call) => act.mutate(call);
  // The card of the host knows the colour, and what was done for it.
  const card = useQuery({ ...thisNodeQuery(useApi()), retry: false }).data?.node ?? null;
  const mine = card?.id === own.nodeId ? card : null;
  const { report } = own;
  return (
    <>
      <PageHeader
        trail={['This node']}
        status={<span className="cut">{[own.name, report?.os].filter(Boolean).join(', ')}</span>}
        actions={report === null ? null : <Actions report={report} change={change} pending={act.isPending} />}
      />
      <div
        className="grid min-h-0 flex-1 overflow-auto wide:grid-cols-[minmax(0,1fr)_372px] wide:overflow-hidden"
        style={machineColour(mine?.colour ?? 1)}
      >
        <div className="flex min-w-0 flex-col gap-4 p-5 wide:overflow-auto">
          {own.notice !== null && (
            <Notice tone="warn">
              <b>Your limits could not be read.</b> {own.notice}. These are the usual ones.
            </Notice>
          )}
          {report === null ? (
            <LoadingWords>The worker of this machine is starting</LoadingWords>
          ) : (
            <>
              <Limits own={own} report={report} change={change} />
              <Drives drives={report.drives} />
              <Rules rules={own.rules} power={report.power} change={change} />
            </>
          )}
          <p className="px-1 text-12 text-ink-3">
            These limits are kept on this machine, in its <code>node-config.json</code>, and are the last word whatever
            a host asks.
          </p>
        </div>
        <aside className="flex min-h-0 flex-col border-line bg-surface wide:overflow-auto wide:border-l">
          <ShareKey shareKey={own.shareKey} rotate={() => act.mutateAsync({ do: 'rotate-key' })} />
          <Side
            title="Remote control"
            end={
              <Switch
                on={own.remoteControl}
                label="Remote control"
                onChange={(remoteControl) => change({ do: 'change', settings: { remoteControl } })}
              />
            }
          >
            <p className="text-12 text-ink-3">
              {own.remoteControl
                ? 'Admins of the workspaces it serves may change these limits, pause, drain and restart it.'
                : 'Nobody but you changes these limits.'}
            </p>
          </Side>
          {report !== null && <DoesNow report={report} />}
          {mine !== null && (
            <Side title="Has done">
              <div className="row gap-5.5">
                <Figure figure={formatCount(mine.finished.done)} word={mine.finished.done === 1 ? 'job' : 'jobs'} />
                <Figure
                  figure={formatCount(mine.finished.nodeFaults)}
                  word={mine.finished.nodeFaults === 1 ? 'fault of its own' : 'faults of its own'}
                />
              </div>
            </Side>
          )}
          <Serves
            hosts={own.serves}
            leave={(host, workspaceId) => act.mutateAsync({ do: 'leave', host, workspaceId })}
          />
        </aside>
      </div>
    </>
  );
}

const reasons: Record<NonNullable<NodeStanding['reason']>, string> = {
  paused: 'Paused',
  draining: 'Draining',
  moving: 'Moving its files',
  hours: 'Outside its hours',
  battery: 'On battery',
  in_use: 'In use by you',
  asleep: 'Asleep',
};

const standingOf = ({ standing, running }: NodeReport) =>
  standing.reason !== null ? reasons[standing.reason] : running.length > 0 ? 'Working' : 'Idle';

function Actions({ report, change, pending }: { report: NodeReport; change: Change; pending: boolean }) {
  const { reason } = report.standing;
  const held = reason === 'paused' || reason === 'draining';
  return (
    <>
      <span className="row gap-1.5 pr-1 text-12 font-medium" role="status">
        <StateGlyph state={report.running.length > 0 ? 'running' : report.standing.available ? 'line' : 'paused'} />
        {standingOf(report)}
      </span>
      {held ? (
        <Button icon={Play} disabled={pending} onClick={() => change({ do: 'resume' })}>
          Resume
        </Button>
      ) : (
        <>
          <Button icon={Pause} disabled={pending} onClick={() => change({ do: 'pause' })}>
            Pause
          </Button>
          <Button icon={TimerOff} disabled={pending} onClick={() => change({ do: 'drain' })}>
            Drain
          </Button>
        </>
      )}
    </>
  );
}

function Serves({
  hosts,
  leave,
}: {
  hosts: readonly ServedHost[];
  leave: (host: string, workspaceId: string) => Promise<unknown>;
}) {
  const [leaving, setLeaving] = useState<{ host: string; id: string; name: string } | null>(null);
  const all = hosts.flatMap(({ url, own, workspaces }) => workspaces.map((one) => ({ ...one, host: url, own })));
  return (
    <Side title="Serves" end={formatPlural(all.length, 'workspace')}>
      {all.length === 0 && <p className="text-12 text-ink-3">No workspace yet. Jobs come when one takes it in.</p>}
      <ul className="flex flex-col gap-1 text-12">
        {all.map(({ id, name, host, own }) => (
          <li key={`${host} ${id}`} className="row gap-2">
            <span className="cut">{name}</span>
            <span className="cut text-ink-3">{own ? 'this host' : host}</span>
            <span className="ml-auto">
              <Button size="s" onClick={() => setLeaving({ host, id, name })}>
                Leave
              </Button>
            </span>
          </li>
        ))}
      </ul>
      <Confirm
        open={leaving !== null}
        onOpenChange={(open) => !open && setLeaving(null)}
        title={`Leave ${leaving?.name ?? ''}?`}
        text="Its jobs here go back in line. An admin adds this machine again by its share key."
        confirm={`Leave ${leaving?.name ?? ''}`}
        onConfirm={() => (leaving === null ? Promise.resolve() : leave(leaving.host, leaving.id))}
      />
    </Side>
  );
}

const Side = ({ title, end, children }: { title: string; end?: ReactNode; children: ReactNode }) => (
  <section className="border-b border-line px-4.5 py-4 last:border-0">
    <div className="row">
      <h2 className="font-strong">{title}</h2>
      {end !== undefined && <span className="ml-auto text-12 text-ink-3">{end}</span>}
    </div>
    <div className="mt-1.5">{children}</div>
  </section>
);

const Figure = ({ figure, word }: { figure: string; word: string }) => (
  <div>
    <div className="text-20 leading-[26px] font-strong">{figure}</div>
    <div className="text-12 text-ink-3">{word}</div>
  </div>
);

function ShareKey({ shareKey, rotate }: { shareKey: string; rotate: () => Promise<unknown> }) {
  const [asking, setAsking] = useState(false);
  return (
    <Side title="Share key">
      <div className="row gap-1">
        <span className="font-mono text-[25px] leading-8 font-[560] tracking-[0.1em]">{shareKey}</span>
        <span className="ml-auto">
          <CopyButton text={shareKey} />
        </span>
        <IconButton size="s" icon={RotateCw} label="New share key" onClick={() => setAsking(true)} />
      </div>
      <p className="mt-1.5 text-12 text-ink-3">
        An admin who types this key adds this machine to their workspace. Give it only to people you trust with it.
      </p>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title="Make a new share key?"
        text={`${shareKey} is worth nothing from then on. Workspaces that this machine serves already stay.`}
        confirm="Make a new key"
        onConfirm={rotate}
      />
    </Side>
  );
}

function DoesNow({ report }: { report: NodeReport }) {
  const now = useNow(1000);
  return (
    <Side title="Does now" end={report.running.length > 0 ? undefined : standingOf(report).toLowerCase()}>
      {report.running.length === 0 ? (
        <p className="text-12 text-ink-3">Nothing. Jobs come when a run needs this machine.</p>
      ) : (
        <ul className="flex flex-col gap-2">
          {report.running.map((job) => (
            <li key={job.jobId} className="row gap-3">
              <StateGlyph state="running" />
              <span className="cut flex-1 font-medium">{job.label}</span>
              <span className="text-12 text-ink-2">{formatDuration(Math.max(0, now - job.startedAt))}</span>
            </li>
          ))}
        </ul>
      )}
    </Side>
  );
}
