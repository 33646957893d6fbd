import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Invite } from '../../../shared/model/invite.ts';
import { type Api, useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { keys } from '../../api/keys.ts';
import { PanelList } from '../../app/panel-list.tsx';
import { useWorkspace } from '../../app/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { EmptyPanel } from '../../ui/empty-state.tsx';
import { Panel } from '../../ui/panel.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { toast } from '../../ui/toasts.tsx';
import { roleWords } from './role-words.ts';

const invitesQuery = ({ host: { client } }: Api, workspaceId: string) =>
  queryOptions({
    queryKey: keys.invites(workspaceId),
    queryFn: async ({ signal }) => (await client.call('listInvites', { params: { id: workspaceId }, signal })).items,
  });

/** Who is invited, who waits, and what became of the others. */
export function Invites() {
  const { id } = useWorkspace();
  const invites = useQuery(invitesQuery(useApi(), id));
  return (
    <Panel title="Invites" note="Of the last 30 days">
      <PanelList
        what="invites"
        query={invites}
        empty={
          <EmptyPanel title="Nobody is invited">
            An invite is a link that works once. Whoever opens it becomes a member, and can bring machines.
          </EmptyPanel>
        }
      >
        {(invite) => <InviteRow key={invite.id} of={invite} />}
      </PanelList>
    </Panel>
  );
}

function InviteRow({ of: invite }: { of: Invite }) {
  const { host, cache } = useApi();
  const { id } = useWorkspace();
  const [asking, setAsking] = useState(false);
  const params = { id, inviteId: invite.id };
  const changed = () =>
    Promise.all([
      cache.invalidateQueries({ queryKey: keys.invites(id) }),
      cache.invalidateQueries({ queryKey: keys.members(id) }),
    ]);
  const approve = useMutation({
    mutationFn: () => host.client.call('approveInvite', { params }),
    onSuccess: changed,
    onError: (error) => toast({ text: errorWords(error).what, sign: 'failed' }),
  });
  const who = invite.usedByName ?? `A ${roleWords[invite.role].toLowerCase()}`;
  const going = invite.state === 'open' || invite.state === 'waits';
  return (
    <li className="row min-h-13 gap-3 border-b border-line px-4 py-2 last:border-0">
      <div className="min-w-0 flex-1 leading-[18px]">
        <div className="cut font-strong">
          {who}, as {roleWords[invite.role].toLowerCase()}
        </div>
        <div className="text-12 text-ink-3">
          <InviteState of={invite} />, by {invite.createdByName}
        </div>
      </div>
      {invite.state === 'waits' && (
        <Button size="s" variant="main" pending={approve.isPending} onClick={() => approve.mutate()}>
          Let in
        </Button>
      )}
      {going && (
        <Button size="s" onClick={() => setAsking(true)}>
          {invite.state === 'waits' ? 'Turn away' : 'Revoke'}
        </Button>
      )}
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={invite.state === 'waits' ? `Turn ${who} away?` : 'Revoke this invite?'}
        text="The link does not work any more. You can make another."
        confirm={invite.state === 'waits' ? 'Turn away' : 'Revoke it'}
        onConfirm={async () => {
          await host.client.call('revokeInvite', { params });
          await changed();
        }}
      />
    </li>
  );
}

function InviteState({ of: { state, expiresAt, usedAt } }: { of: Invite }) {
  switch (state) {
    case 'open':
      return (
        <>
          Open, works until <RelativeTime at={expiresAt} />
        </>
      );
    case 'waits':
      return <>Waits to be let in</>;
    case 'used':
      return usedAt === null ? (
        <>Taken up</>
      ) : (
        <>
          Taken up <RelativeTime at={usedAt} />
        </>
      );
    case 'revoked':
      return <>Revoked</>;
    case 'expired':
      return <>Out of time</>;
  }
}
