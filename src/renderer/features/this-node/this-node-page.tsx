import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Node, NodeJob } from '../../../shared/model/node.ts';
import { useApi } from '../../api/api.ts';
import { thisNodeQuery } from '../../api/queries.ts';
import { presenceOf, standingWords } from '../../app/node-facts.ts';
import { LoadError } from '../../app/page-states.tsx';
import { useWorkspace } from '../../app/workspace.ts';
import { CopyButton } from '../../ui/copy-line.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { MachineChip, machineColour } from '../../ui/machine-chip.tsx';
import { formatCount, formatDuration, formatPlural } from '../../ui/numbers.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Panel } from '../../ui/panel.tsx';
import { useNow } from '../../ui/relative-time.tsx';
import { LoadingWords, Skeleton } from '../../ui/skeleton.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { Drives } from './drives.tsx';
import { Limits } from './limits.tsx';

/** The machine that the host runs on, as others may use it. */
export function ThisNodePage() {
  const found = useQuery(thisNodeQuery(useApi()));
  if (found.data?.node) return <ThisNode node={found.data.node} shareKey={found.data.share_key} />;
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

const workspaceWords = (node: Node) => {
  const names = node.workspaces.filter((one) => one.state === 'serves').map((one) => one.name);
  return names.length === 0 ? 'serves no workspace yet' : `serves ${names.join(', ')}`;
};

function ThisNode({ node, shareKey }: { node: Node; shareKey: string | null }) {
  const working = node.running.length > 0;
  return (
    <>
      <PageHeader
        lead={<MachineChip colour={node.colour} mark={node.mark} presence={presenceOf(node)} size={20} />}
        trail={['This node']}
        status={
          <span className="cut">
            {[node.name, node.capabilities.os, workspaceWords(node)].filter((part) => part !== undefined).join(', ')}
          </span>
        }
        actions={
          <span className="row gap-1.5 pr-1 text-12 font-medium" style={machineColour(node.colour)}>
            <StateGlyph state={working ? 'running' : presenceOf(node) === 'here' ? 'line' : 'paused'} />
            {standingWords(node)}
          </span>
        }
      />
      <div className="grid min-h-0 flex-1 overflow-auto wide:grid-cols-[minmax(0,1fr)_372px] wide:overflow-hidden">
        <div className="flex min-w-0 flex-col gap-4 p-5 wide:overflow-auto">
          <Limits node={node} />
          <Drives node={node} />
          <Panel>
            <p className="px-4 py-3 text-12 text-ink-3">
              These limits are kept on this machine, in its <code>node-config.json</code>, and are the last word
              whatever a host asks.
            </p>
          </Panel>
        </div>
        <aside className="flex min-h-0 flex-col border-line bg-surface wide:overflow-auto wide:border-l">
          {shareKey !== null && <ShareKey shareKey={shareKey} />}
          <Side title="Remote control" end={node.remoteControlEnabled ? 'allowed' : 'off'}>
            <p className="text-12 text-ink-3">
              {node.remoteControlEnabled
                ? 'Admins of the workspaces it serves may change these limits.'
                : 'Nobody but you changes these limits.'}
            </p>
          </Side>
          <DoesNow node={node} />
          <Side title="Has done">
            <div className="row gap-5.5">
              <Figure figure={formatCount(node.finished.done)} word={node.finished.done === 1 ? 'job' : 'jobs'} />
              <Figure
                figure={formatCount(node.finished.nodeFaults)}
                word={node.finished.nodeFaults === 1 ? 'fault of its own' : 'faults of its own'}
              />
            </div>
          </Side>
          <Side title="Serves" end={formatPlural(node.workspaces.length, 'workspace')}>
            <ul className="flex flex-col gap-1 text-12">
              {node.workspaces.map((one) => (
                <li key={one.id} className="row gap-2">
                  <span className="cut">{one.name}</span>
                  {one.state === 'waits' && <span className="ml-auto text-warn">waits to be let in</span>}
                </li>
              ))}
            </ul>
          </Side>
        </aside>
      </div>
    </>
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

const ShareKey = ({ shareKey }: { shareKey: string }) => (
  <Side title="Share key">
    <div className="row">
      <span className="font-mono text-[25px] leading-8 font-[560] tracking-[0.1em]">{shareKey}</span>
      <span className="ml-auto">
        <CopyButton text={shareKey} />
      </span>
    </div>
    <p className="mt-1.5 text-12 text-ink-3">
      An admin who types this key adds this machine to their workspace on this host. Give it only to people you trust
      with it.
    </p>
  </Side>
);

function DoesNow({ node }: { node: Node }) {
  const now = useNow(1000);
  return (
    <Side title="Does now" end={node.running.length > 0 ? undefined : standingWords(node).toLowerCase()}>
      {node.running.length === 0 ? (
        <p className="text-12 text-ink-3">
          {node.currentJobs > 0
            ? 'It works for a workspace that you are not in.'
            : 'Nothing. Jobs come when a run needs this machine.'}
        </p>
      ) : (
        <ul className="flex flex-col gap-2" style={machineColour(node.colour)}>
          {node.running.map((job) => (
            <JobRow key={job.jobId} job={job} now={now} />
          ))}
        </ul>
      )}
    </Side>
  );
}

function JobRow({ job, now }: { job: NodeJob; now: number }) {
  const { id: workspaceId } = useWorkspace();
  return (
    <li className="row gap-3">
      <StateGlyph state="running" />
      <div className="min-w-0 flex-1 leading-[18px]">
        <div className="cut font-medium">{job.label}</div>
        {job.runId !== undefined && (
          <Link
            to="/w/$workspaceId/runs/$runId"
            params={{ workspaceId, runId: job.runId }}
            className="link text-12 text-ink-3"
          >
            See the run
          </Link>
        )}
      </div>
      <span className="text-12 text-ink-2">{formatDuration(Math.max(0, now - job.startedAt))}</span>
    </li>
  );
}
