import { useQuery } from '@tanstack/react-query';
import { Pause, Play } from 'lucide-react';
import type { NodeReport, ServedHost, ThisNode } from '../../../shared/model/this-node.ts';
import { useApi } from '../../api/api.ts';
import { thisNodeQuery } from '../../api/queries.ts';
import { presenceOf } from '../../app/node-facts.ts';
import { LoadError } from '../../app/page-states.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { MachineChip, machineColour } from '../../ui/machine-chip.tsx';
import { Notice } from '../../ui/notice.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { LoadingWords, Skeleton } from '../../ui/skeleton.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { Switch } from '../../ui/switch.tsx';
import { DoesNow, standingWords } from './does-now.tsx';
import { HasGiven } from './has-given.tsx';
import { Limits } from './limits.tsx';
import { type Change, sayFailure, useChange, useOwnNode } from './own-node.ts';
import { Rules } from './rules.tsx';
import { Serves } from './serves.tsx';
import { ShareKey } from './share-key.tsx';
import { Side } from './side.tsx';
import { Storage } from './storage.tsx';

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
  const change: Change = (call) => act.mutate(call, { onError: sayFailure });
  // The card of the host knows the colour, and what was done for it.
  const card = useQuery({ ...thisNodeQuery(useApi()), retry: false }).data?.node ?? null;
  const mine = card?.id === own.nodeId ? card : null;
  const { report } = own;
  return (
    <>
      <PageHeader
        lead={mine && <MachineChip colour={mine.colour} mark={mine.mark} presence={presenceOf(mine)} size={20} />}
        trail={['This node']}
        status={
          <span className="cut max-narrow:hidden">
            {[own.name, report?.os, servesWords(own.serves)].filter(Boolean).join(', ')}
          </span>
        }
        actions={report === null ? null : <Actions report={report} change={change} pending={act.isPending} />}
      />
      <div
        className="grid min-h-0 flex-1 overflow-auto wide:grid-cols-[minmax(0,1fr)_372px] wide:overflow-hidden"
        style={machineColour(mine?.colour ?? 1)}
      >
        <div className="flex min-w-0 flex-col gap-4 p-5 *:flex-none wide:overflow-auto">
          {own.notice !== null && (
            <Notice tone="warn">
              <b>Your limits could not be read.</b> {own.notice}. These are the usual ones.
            </Notice>
          )}
          {own.takenFrom !== null && (
            <Notice>
              <b>Taken over from the first system:</b> share key, limits and remote control, from {own.takenFrom}.
            </Notice>
          )}
          {report === null ? (
            <LoadingWords>The worker of this machine is starting</LoadingWords>
          ) : (
            <>
              <Limits own={own} report={report} change={change} />
              <Storage own={own} report={report} change={change} move={(to) => act.mutateAsync({ do: 'move', to })} />
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
          {report !== null && <HasGiven given={report.given} serves={own.serves} />}
          <Serves
            hosts={own.serves}
            leave={(host, workspaceId) => act.mutateAsync({ do: 'leave', host, workspaceId })}
          />
        </aside>
      </div>
    </>
  );
}

function servesWords(hosts: readonly ServedHost[]): string {
  const names = hosts.flatMap(({ workspaces }) => workspaces.map(({ name }) => name));
  return names.length === 0 ? 'serves no workspace yet' : `serves ${names.join(', ')}`;
}

function Actions({ report, change, pending }: { report: NodeReport; change: Change; pending: boolean }) {
  const { reason } = report.standing;
  const held = reason === 'paused' || reason === 'draining';
  return (
    <>
      <span className="row gap-1.5 pr-1 text-12 font-medium" role="status">
        <StateGlyph state={report.running.length > 0 ? 'running' : report.standing.available ? 'line' : 'paused'} />
        {standingWords(report)}
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
          <Button disabled={pending} onClick={() => change({ do: 'drain' })}>
            Drain
          </Button>
        </>
      )}
    </>
  );
}
