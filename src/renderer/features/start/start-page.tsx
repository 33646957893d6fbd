import './start.css';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { type Api, useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { flowsQuery, samplesQuery, thisNodeQuery, workspacesQuery } from '../../api/queries.ts';
import { openJoin } from '../../app/hosts/hosts-state.ts';
import { gpuWords, hardwareWords } from '../../app/node-facts.ts';
import { readStored, writeStored } from '../../app/stored.ts';
import { TitleBar } from '../../app/title-bar.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyLine } from '../../ui/copy-line.tsx';
import { Input } from '../../ui/input.tsx';
import { MachineChip } from '../../ui/machine-chip.tsx';
import { toast } from '../../ui/toasts.tsx';
import { AlonePicture, Door, HostPicture, JoinPicture } from './doors.tsx';
import { HostDialog } from './host-dialog.tsx';
import { readJoinTarget } from './join-target.ts';

/** First start: three doors. */
export function StartPage() {
  const api = useApi();
  const { desktop } = api.host;
  const workspaces = useQuery(workspacesQuery(api)).data;
  const workspace = workspaces?.find((one) => one.id === readStored('workspace')) ?? workspaces?.[0];
  const node = useQuery({ ...thisNodeQuery(api), retry: false }).data?.node ?? null;
  const own = node === null ? { colour: 2, mark: 2 } : { colour: node.colour, mark: node.mark };
  return (
    <div className="grid h-full grid-rows-[36px_minmax(0,1fr)] bg-frame">
      <TitleBar bare />
      <main className="overflow-auto bg-canvas px-5 pt-8 pb-8 narrow:px-[min(104px,7vw)] narrow:pt-[min(76px,8vh)]">
        <h1 className="text-28 font-strong narrow:text-40 narrow:font-[600]">Put your machines to work, together.</h1>
        <p className="mt-2.5 max-w-155 text-17 leading-[26px] text-ink-2">
          OtherThing runs AI flows on the computers you already have. Choose how to begin; the other two doors stay
          open.
        </p>
        <div className="mt-8 grid gap-5 wide:mt-10 wide:grid-cols-3">
          <Door
            number={1}
            title="Use this machine"
            picture={<AlonePicture own={own} />}
            text="Draw a flow and run it here. No account, no key, nothing leaves this computer. A sample flow is ready to run."
          >
            <OpenSample workspace={workspace} />
          </Door>
          <Door
            number={2}
            title="Host for my team"
            picture={<HostPicture own={own} />}
            text="This machine holds the workspace and serves it to others. Name it, and let machines join with a key."
          >
            <NameWorkspace workspace={workspace} />
          </Door>
          <Door
            number={3}
            title="Join a team"
            picture={<JoinPicture own={own} />}
            text={
              desktop === null
                ? 'Paste the invite link, or the key and address, that you were given, then run the command on the machine that joins. Its owner sets how much others may use.'
                : 'Open the invite link, or type the key and address, that you were given. You decide how much of this machine others may use.'
            }
          >
            {desktop === null ? <JoinCommand /> : <JoinHere />}
          </Door>
        </div>
        {node !== null && (
          <footer className="mt-9 row flex-wrap gap-x-3.5 gap-y-1 border-t border-line-2 py-5 text-ink-2">
            <MachineChip {...own} size={20} />
            <span className="font-strong text-ink">{node.name}</span>
            <span>{hardwareWords(node)}</span>
            <span className="text-ink-3" aria-hidden="true">
              /
            </span>
            <span>{gpuWords(node)}</span>
          </footer>
        )}
      </main>
    </div>
  );
}

/** The flow made from the first sample; made now where there is none yet. */
async function findSampleFlow(api: Api, workspaceId: string): Promise<string> {
  const flows = await api.cache.fetchQuery(flowsQuery(api, workspaceId));
  const ready = flows.find((flow) => flow.sample !== null);
  if (ready !== undefined) return ready.id;
  const [sample] = await api.cache.fetchQuery(samplesQuery(api));
  if (sample === undefined) throw new Error('This build comes without samples');
  return (await api.host.client.call('createFlow', { params: { id: workspaceId }, body: { sample: sample.id } })).id;
}

function OpenSample({ workspace }: { workspace: Workspace | undefined }) {
  const api = useApi();
  const navigate = useNavigate();
  const open = useMutation({
    mutationFn: (workspaceId: string) => findSampleFlow(api, workspaceId),
    onSuccess: (flowId, workspaceId) => {
      writeStored('started', 'alone');
      void navigate({ to: '/w/$workspaceId/flows/$flowId', params: { workspaceId, flowId } });
    },
    onError: (error) => toast({ text: errorWords(error).what, sign: 'failed' }),
  });
  useEffect(() => {
    document.querySelector<HTMLElement>('.door-first')?.focus();
  }, []);
  return (
    <Button
      size="l"
      variant="go"
      icon={Play}
      className="door-first"
      pending={open.isPending}
      onClick={() => workspace !== undefined && open.mutate(workspace.id)}
    >
      Open the sample flow
    </Button>
  );
}

function NameWorkspace({ workspace }: { workspace: Workspace | undefined }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="l" onClick={() => setOpen(true)}>
        Name a workspace
      </Button>
      {workspace !== undefined && open && <HostDialog workspace={workspace} onClose={() => setOpen(false)} />}
    </>
  );
}

/** In the app a link is looked at, confirmed and joined on the spot. */
function JoinHere() {
  const [typed, setTyped] = useState('');
  return (
    <form
      className="row gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        openJoin(typed);
      }}
    >
      <div className="min-w-0 flex-1">
        <Input
          size="l"
          mono={typed !== ''}
          aria-label="Invite link, or share key and address, KEY@host"
          placeholder="Invite link or KEY@host"
          value={typed}
          maxLength={2048}
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      <Button size="l" type="submit">
        Join
      </Button>
    </form>
  );
}

/** A machine joins by its worker, which the command line starts; this writes the command. */
function JoinCommand() {
  const [typed, setTyped] = useState('');
  const target = readJoinTarget(typed);
  return (
    <div className="flex flex-col gap-2">
      <Input
        size="l"
        mono={typed !== ''}
        aria-label="Invite link, or share key and address, KEY@host"
        placeholder="Invite link or KEY@host"
        value={typed}
        spellCheck={false}
        onChange={(event) => setTyped(event.target.value)}
      />
      <CopyLine text={`otherthing join ${target ?? 'KEY@host:port'}`} />
    </div>
  );
}
