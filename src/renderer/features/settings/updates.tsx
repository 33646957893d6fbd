import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, RefreshCw } from 'lucide-react';
import { useEffect } from 'react';
import type { UpdateChoices, Updates as UpdatesNow } from '../../../shared/model/updates.ts';
import { useApi } from '../../api/api.ts';
import type { Desktop } from '../../api/desktop.ts';
import { errorWords } from '../../api/error-words.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Panel } from '../../ui/panel.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Switch } from '../../ui/switch.tsx';
import { toast } from '../../ui/toasts.tsx';
import { updateWords } from './update-words.ts';

const queryKey = ['desktop', 'updates'];

/** Newer versions of the desktop app. A browser shows nothing of it: whoever runs its host updates that. */
export function UpdatesOfApp() {
  const { desktop } = useApi().host;
  return desktop === null ? null : <OfDesktop desktop={desktop} />;
}

function OfDesktop({ desktop }: { desktop: Desktop }) {
  const cache = useQueryClient();
  const { data } = useQuery({ queryKey, queryFn: () => desktop.call('updates'), staleTime: Number.POSITIVE_INFINITY });
  useEffect(() => desktop.on('updates', (news) => cache.setQueryData(queryKey, news)), [desktop, cache]);
  return data === undefined ? null : <Of desktop={desktop} updates={data} />;
}

function useUpdateAct<Input>(act: (input: Input) => Promise<UpdatesNow>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: (updates) => cache.setQueryData(queryKey, updates),
    onError: (error) => toast({ text: `${errorWords(error).what} ${errorWords(error).next}`, sign: 'failed' }),
  });
}

function Of({ desktop, updates }: { desktop: Desktop; updates: UpdatesNow }) {
  const { state, checkedAt } = updates;
  const check = useUpdateAct((older: boolean) => desktop.call('checkUpdates', older));
  const mayCheck = state.state === 'idle' || state.state === 'current' || state.state === 'failed';
  return (
    <Panel
      title="Updates"
      note={`version ${updates.version}`}
      end={
        mayCheck && (
          <Button size="s" icon={RefreshCw} onClick={() => check.mutate(false)}>
            Check now
          </Button>
        )
      }
    >
      <div className="flex flex-col gap-4 p-4">
        <p aria-live="polite">{updateWords(updates)}</p>
        {state.state === 'downloading' && (
          <progress aria-label="Download" className="w-full" max={100} value={state.percent} />
        )}
        {state.state === 'ready' && <Ready desktop={desktop} notes={state.update.notes} />}
        {checkedAt !== null && (
          <p className="text-12 text-ink-3">
            Last looked <RelativeTime at={checkedAt} />
          </p>
        )}
        {canChoose(updates) && <Choices desktop={desktop} updates={updates} />}
        {state.state === 'current' && (
          <div>
            <Button size="s" onClick={() => check.mutate(true)}>
              Go back to an older release
            </Button>
          </div>
        )}
      </div>
    </Panel>
  );
}

/** What stands in the way for ever leaves nothing to choose. */
function canChoose({ state }: UpdatesNow): boolean {
  return state.state !== 'off' || state.because === 'switched-off';
}

function Ready({ desktop, notes }: { desktop: Desktop; notes: string }) {
  const install = useUpdateAct((_: null) => desktop.call('installUpdate'));
  return (
    <>
      {notes !== '' && (
        <section aria-label="What is new">
          <h3 className="text-12 text-ink-3">What is new</h3>
          <p className="mt-1 max-h-60 overflow-auto whitespace-pre-wrap">{notes}</p>
        </section>
      )}
      <div className="row gap-3">
        <Button variant="main" icon={Download} pending={install.isPending} onClick={() => install.mutate(null)}>
          Install and start again
        </Button>
        <span className="text-12 text-ink-3">Jobs that run on this computer go back to their host first.</span>
      </div>
    </>
  );
}

function Choices({ desktop, updates: { choices, state } }: { desktop: Desktop; updates: UpdatesNow }) {
  const choose = useUpdateAct((next: UpdateChoices) => desktop.call('chooseUpdates', next));
  const disabled = choose.isPending || state.state === 'installing';
  const change = (part: Partial<UpdateChoices>) => choose.mutate({ ...choices, ...part });
  return (
    <div className="grid gap-4 narrow:grid-cols-3">
      <Field label="Look for updates" help="At the start and every six hours; downloaded in the background.">
        <Switch on={choices.enabled} disabled={disabled} onChange={(enabled) => change({ enabled })} />
      </Field>
      <Field label="Install when I quit" help="What has been downloaded.">
        <Switch on={choices.atQuit} disabled={disabled} onChange={(atQuit) => change({ atQuit })} />
      </Field>
      <Field label="Beta versions" help="Earlier, and less tried.">
        <Switch
          on={choices.channel === 'beta'}
          disabled={disabled}
          onChange={(beta) => change({ channel: beta ? 'beta' : 'stable' })}
        />
      </Field>
    </div>
  );
}
