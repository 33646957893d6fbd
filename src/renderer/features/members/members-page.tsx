import { queryOptions, useQuery } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { type Api, useApi } from '../../api/api.ts';
import { keys } from '../../api/keys.ts';
import { LoadError } from '../../app/page-states.tsx';
import { useMay, useWorkspace } from '../../app/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { formatPlural } from '../../ui/numbers.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Panel } from '../../ui/panel.tsx';
import { LoadingWords, Skeleton } from '../../ui/skeleton.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { Invites } from './invites.tsx';
import { MemberTable } from './member-table.tsx';

const membersQuery = ({ host: { client } }: Api, workspaceId: string) =>
  queryOptions({
    queryKey: keys.members(workspaceId),
    queryFn: async ({ signal }) => (await client.call('listMembers', { params: { id: workspaceId }, signal })).items,
  });

/** Who is in the workspace, with which role, and who is invited. */
export function MembersPage() {
  const workspace = useWorkspace();
  const members = useQuery(membersQuery(useApi(), workspace.id));
  const mayInvite = useMay('admin');
  const [inviting, setInviting] = useState(false);
  if (members.data === undefined && members.isError) {
    return (
      <>
        <PageHeader trail={['Members']} />
        <div className="flex min-h-0 flex-1 overflow-auto bg-surface">
          <LoadError
            title="The members could not be loaded"
            error={members.error}
            onRetry={() => void members.refetch()}
            retrying={members.isFetching}
          />
        </div>
      </>
    );
  }
  return (
    <>
      <PageHeader
        trail={['Members']}
        status={members.data === undefined ? undefined : formatPlural(members.data.length, 'member')}
        actions={
          mayInvite && (
            <Button size="s" variant="main" icon={UserPlus} onClick={() => setInviting(true)}>
              Invite
            </Button>
          )
        }
      />
      <div className="min-h-0 flex-1 overflow-auto p-5">
        <div className="mx-auto flex max-w-200 flex-col gap-4">
          <Panel title="Members">
            {members.data === undefined ? (
              <div className="p-4">
                <LoadingWords>Loading the members</LoadingWords>
                <Skeleton width="100%" height={72} />
              </div>
            ) : (
              <MemberTable members={members.data} />
            )}
          </Panel>
          {mayInvite && <Invites />}
        </div>
      </div>
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </>
  );
}
