import { useMutation, useQuery } from '@tanstack/react-query';
import { CalendarClock, RefreshCw, Webhook } from 'lucide-react';
import { useState } from 'react';
import type { FlowTriggers, LiveTrigger } from '../../shared/model/trigger.ts';
import { useApi } from '../api/api.ts';
import { errorWords } from '../api/error-words.ts';
import { keys } from '../api/keys.ts';
import { triggersQuery } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { CopyLine } from '../ui/copy-line.tsx';
import { Confirm, Dialog } from '../ui/dialog.tsx';
import { ErrorPanel } from '../ui/error-state.tsx';
import { Icon } from '../ui/icon.tsx';
import { Notice } from '../ui/notice.tsx';
import { formatWhen } from '../ui/numbers.ts';
import { RelativeTime, useNow } from '../ui/relative-time.tsx';
import { LoadingWords, Skeleton } from '../ui/skeleton.tsx';
import { Switch } from '../ui/switch.tsx';
import { RunLimitForm } from './run-limit-form.tsx';
import { useMay, useWorkspace } from './workspace.ts';

interface TriggersDialogProps {
  flowId: string;
  name: string;
  onClose: () => void;
}

/** What starts runs of a flow by itself, and how many of them go on at once. */
export function TriggersDialog({ flowId, name, onClose }: TriggersDialogProps) {
  const { id: workspaceId } = useWorkspace();
  const triggers = useQuery(triggersQuery(useApi(), workspaceId, flowId));
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={`How ${name} is run`} width={560}>
      <div className="mt-3 flex flex-col gap-4">
        {triggers.data !== undefined ? (
          <Triggers of={triggers.data} />
        ) : triggers.isError ? (
          <ErrorPanel
            title="The triggers could not be loaded"
            onRetry={() => void triggers.refetch()}
            retrying={triggers.isFetching}
          >
            {errorWords(triggers.error).what} {errorWords(triggers.error).next}
          </ErrorPanel>
        ) : (
          <div className="flex flex-col gap-2">
            <LoadingWords>Loading the triggers</LoadingWords>
            <Skeleton width="60%" />
            <Skeleton width="80%" />
          </div>
        )}
        <RunLimitForm flowId={flowId} />
      </div>
    </Dialog>
  );
}

function useSetTriggers(flowId: string) {
  const { host, cache } = useApi();
  const { id: workspaceId } = useWorkspace();
  return useMutation({
    mutationFn: (body: { enabled: boolean; newAddress?: boolean }) =>
      host.client.call('setTriggers', { params: { id: flowId }, body }),
    onSuccess: (now) => {
      cache.setQueryData(keys.triggers(workspaceId, flowId), now);
      return cache.invalidateQueries({ queryKey: keys.allTriggers(workspaceId), exact: true });
    },
  });
}

function Triggers({ of: shown }: { of: FlowTriggers }) {
  const mayEdit = useMay('member');
  const set = useSetTriggers(shown.flowId);
  const hasWebhook = shown.triggers.some((trigger) => trigger.kind === 'webhook');
  if (shown.triggers.length === 0) {
    return (
      <p className="text-ink-2">
        Nothing starts this flow by itself. Add a Schedule or a Webhook step to it, then switch it on here.
      </p>
    );
  }
  return (
    <section aria-label="Triggers" className="flex flex-col gap-3">
      <div className="row gap-3">
        <Switch
          label="Triggers are on"
          on={shown.enabled}
          disabled={!mayEdit || set.isPending}
          onChange={(enabled) => set.mutate({ enabled })}
        />
        <div className="min-w-0">
          <div className="font-medium">{shown.enabled ? `On, version ${shown.version?.number}` : 'Off'}</div>
          {shown.changedAt !== null && (
            <div className="text-12 text-ink-3">
              Switched {shown.enabled ? 'on' : 'off'} by {shown.changedBy}, <RelativeTime at={shown.changedAt} />
            </div>
          )}
        </div>
      </div>
      {set.isError && (
        <Notice tone="fail" live>
          <b>{errorWords(set.error).what}</b> {errorWords(set.error).next}
        </Notice>
      )}
      {shown.outdated && (
        <Notice tone="warn">
          <b>The live version is older than the flow.</b> Triggers run it as it was when they were switched on.
          {mayEdit && (
            <Button
              size="s"
              className="mt-2 block"
              icon={RefreshCw}
              pending={set.isPending}
              onClick={() => set.mutate({ enabled: true })}
            >
              Update to the flow as it is now
            </Button>
          )}
        </Notice>
      )}
      {shown.problem !== null && (
        <Notice tone="fail">
          <b>The last trigger started no run.</b> {shown.problem.message}{' '}
          <RelativeTime at={shown.problem.at} className="text-ink-3" />
        </Notice>
      )}
      <ul className="flex flex-col divide-y divide-line border-y border-line">
        {shown.triggers.map((trigger) => (
          <Trigger key={trigger.stepId} trigger={trigger} enabled={shown.enabled} />
        ))}
      </ul>
      {mayEdit && shown.enabled && hasWebhook && (
        <NewAddresses onGive={() => set.mutateAsync({ enabled: true, newAddress: true })} />
      )}
    </section>
  );
}

/** For an address that got into wrong hands. Callers have to be told the new one, so it is asked once. */
function NewAddresses({ onGive }: { onGive: () => Promise<unknown> }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button size="s" className="self-start" onClick={() => setAsking(true)}>
        New webhook addresses
      </Button>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title="Give the webhooks new addresses?"
        text="The old addresses stop working at once. Every program that calls them has to be told the new ones."
        keep="Keep the addresses"
        confirm="Give new addresses"
        onConfirm={onGive}
      />
    </>
  );
}

function Trigger({ trigger, enabled }: { trigger: LiveTrigger; enabled: boolean }) {
  const { origin } = useApi().host;
  const now = useNow(30_000);
  const last =
    trigger.lastAt === null ? (
      'never yet'
    ) : (
      <>
        last <RelativeTime at={trigger.lastAt} />
      </>
    );
  return (
    <li className="flex flex-col gap-1.5 py-2.5">
      <div className="row gap-2">
        <Icon of={trigger.kind === 'schedule' ? CalendarClock : Webhook} className="text-ink-3" />
        <span className="cut font-medium">{trigger.name}</span>
        <span className="ml-auto text-12 whitespace-nowrap text-ink-3">{last}</span>
      </div>
      {trigger.kind === 'schedule' ? (
        <p className="pl-6 text-12 text-ink-2">
          {enabled && trigger.nextAt !== null ? `Next ${formatWhen(trigger.nextAt, now)}. ` : ''}
          <code>{trigger.cron}</code> {trigger.zone}
        </p>
      ) : (
        <div className="pl-6">
          <p className="mb-1 text-12 text-ink-2">
            Runs at every {trigger.method} to this address{trigger.signed ? ', signed' : ''}. Whoever knows it may start
            runs.
          </p>
          {trigger.path !== null && enabled ? (
            <CopyLine text={`${origin}${trigger.path}`} />
          ) : (
            <p className="text-12 text-ink-3">
              {enabled ? 'Only members see the address.' : 'It has an address once the triggers are on.'}
            </p>
          )}
        </div>
      )}
    </li>
  );
}
