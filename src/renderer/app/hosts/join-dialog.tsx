import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { HostLook, RemoteHost } from '../../../shared/model/remote-host.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { keys } from '../../api/keys.ts';
import { meQuery } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { Notice } from '../../ui/notice.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { FoundHosts } from './found-hosts.tsx';
import { HostFacts } from './host-facts.tsx';
import { useAgo } from './host-menu.tsx';
import { contributionWords, standingWords } from './host-words.ts';
import { showHost, useDesktop, useHostAct, useHosts } from './hosts-data.ts';

/** Joins a host: which one, what one is about to trust, and waiting to be let in. */
export function JoinDialog({ text, onClose }: { text: string; onClose: () => void }) {
  const [looked, setLooked] = useState<HostLook | null>(null);
  const [joinedId, setJoinedId] = useState<string | null>(null);
  const joined = useHosts()?.items.find(({ id }) => id === joinedId);
  if (joined !== undefined) return <Joined host={joined} onClose={onClose} />;
  if (looked !== null)
    return <Check look={looked} onLook={setLooked} onJoined={({ id }) => setJoinedId(id)} onClose={onClose} />;
  return <Ask text={text} onLook={setLooked} onClose={onClose} />;
}

function Ask({ text, onLook, onClose }: { text: string; onLook: (look: HostLook) => void; onClose: () => void }) {
  const desktop = useDesktop();
  const form = useId();
  const [typed, setTyped] = useState(text);
  const look = useMutation({
    mutationFn: (to: string) => desktop.call('lookAtHost', to),
    onSuccess: onLook,
  });
  const failure = look.isError ? errorWords(look.error) : null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      width={520}
      title="Join a host"
      text="Paste the invite link that you were given, or a workspace's key and the address of its host. Before anything is trusted you see what it is."
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="main" type="submit" form={form} disabled={typed.trim() === ''} pending={look.isPending}>
            Look at it
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="mt-4 flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          look.mutate(typed);
        }}
      >
        <Field
          label="Invite link, or KEY@host"
          error={failure === null ? undefined : `${failure.what} ${failure.next}`}
        >
          <Input
            mono={typed !== ''}
            value={typed}
            maxLength={2048}
            spellCheck={false}
            autoFocus
            placeholder="otherthing://join/… or AB3X7K9M@192.168.0.20"
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
        <FoundHosts typed={typed} onChoose={setTyped} />
      </form>
    </Dialog>
  );
}

interface CheckProps {
  look: HostLook;
  onLook: (look: HostLook) => void;
  onJoined: (host: RemoteHost) => void;
  onClose: () => void;
}

/** What a person is about to trust, and what they say of themselves. */
function Check({ look, onLook, onJoined, onClose }: CheckProps) {
  const desktop = useDesktop();
  const cache = useQueryClient();
  const me = useQuery({ ...meQuery(useApi()), retry: false }).data?.user.name ?? '';
  const [name, setName] = useState<string | null>(null);
  const [contribute, setContribute] = useState(true);
  const called = (name ?? me).trim();
  const confirm = useMutation({ mutationFn: () => desktop.call('confirmHost', look.lookId), onSuccess: onLook });
  const join = useMutation({
    mutationFn: () => desktop.call('joinHost', { lookId: look.lookId, name: called || 'New member', contribute }),
    onSuccess: async (host) => {
      await cache.invalidateQueries({ queryKey: keys.hosts });
      onJoined(host);
    },
  });
  const asks = look.trust === 'ask';
  const failed = confirm.isError ? confirm.error : join.isError ? join.error : null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      width={520}
      title={look.offer === null ? 'Is this the right host?' : `Join ${look.offer.workspaceName}?`}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          {asks ? (
            <Button variant="main" pending={confirm.isPending} onClick={() => confirm.mutate()}>
              Every group is the same
            </Button>
          ) : (
            <Button
              variant="main"
              disabled={look.offer !== null && called === ''}
              pending={join.isPending}
              onClick={() => join.mutate()}
            >
              {look.by === 'key' ? 'Trust it and contribute' : 'Trust it and join'}
            </Button>
          )}
        </>
      }
    >
      <HostFacts look={look} />
      {!asks && look.offer !== null && (
        <div className="mt-4 flex flex-col gap-3 border-t border-line pt-4">
          <Field label="Your name there">
            <Input value={name ?? me} maxLength={120} onChange={(event) => setName(event.target.value)} />
          </Field>
          <Checkbox checked={contribute} onChange={setContribute}>
            Contribute this computer to {look.offer.workspaceName}, within the limits of This node
          </Checkbox>
          {look.offer.approval && (
            <Notice>
              <b>Somebody there lets you in.</b> You can close this and go on; the switcher shows when it is so.
            </Notice>
          )}
        </div>
      )}
      {!asks && look.by === 'key' && (
        <p className="mt-4 border-t border-line pt-4 text-ink-2">
          This computer becomes a node of the workspace with this key, within the limits of This node. An admin there
          may have to let it in. To see its flows, ask for an invite.
        </p>
      )}
      {failed !== null && (
        <Notice tone="fail" live className="mt-4">
          <b>{errorWords(failed).what}</b> {errorWords(failed).next}
        </Notice>
      )}
    </Dialog>
  );
}

/** After joining: in, waiting for somebody there, or a node alone. */
function Joined({ host, onClose }: { host: RemoteHost; onClose: () => void }) {
  const desktop = useDesktop();
  const ago = useAgo();
  const remove = useHostAct((main, id: string) => main.call('removeHost', id));
  const { standing, person, name } = host;
  const words = standingWords(standing, ago);
  const node = contributionWords(host);
  const isIn = person !== null && standing.state === 'connected';
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      width={480}
      title={isIn ? `You are in ${person.workspaceName}` : person === null ? name : `Joining ${person.workspaceName}`}
      foot={
        <>
          {standing.state === 'waits' && (
            <Button pending={remove.isPending} onClick={() => remove.mutate(host.id, { onSuccess: onClose })}>
              Do not join
            </Button>
          )}
          <Button onClick={onClose}>{isIn ? 'Stay here' : 'Close'}</Button>
          {isIn && (
            <Button variant="main" onClick={() => void showHost(desktop, host.id)}>
              Open it
            </Button>
          )}
        </>
      }
    >
      {person !== null && (
        <p className="mt-3 row gap-2" role="status">
          <StateGlyph state={words.glyph} />
          {isIn ? `${name} is in the switcher from now on.` : (words.long ?? words.short)}
        </p>
      )}
      {node !== null && (
        <p className="mt-2 text-ink-2" role="status">
          {node}
        </p>
      )}
    </Dialog>
  );
}
