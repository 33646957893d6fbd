import { useMutation, useQuery } from '@tanstack/react-query';
import { UserMinus } from 'lucide-react';
import { useState } from 'react';
import { allows, type Member, type Role } from '../../../shared/model/user.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { keys } from '../../api/keys.ts';
import { meQuery } from '../../api/queries.ts';
import { useMay, useWorkspace } from '../../app/workspace.ts';
import { IconButton } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Select } from '../../ui/select.tsx';
import { Table, TableRow } from '../../ui/table.tsx';
import { toast } from '../../ui/toasts.tsx';
import { roleOptions, roleWords } from './role-words.ts';

const columns = [
  { head: 'Name' },
  { head: 'Role', width: '150px' },
  { head: 'Since', width: '150px', narrow: false },
  { head: '', label: 'Actions', width: '52px' },
];

export const MemberTable = ({ members }: { members: readonly Member[] }) => {
  const lastOwner = members.filter(({ role }) => role === 'owner').length <= 1;
  return (
    <Table label="Members" columns={columns} rows="rich">
      {members.map((member) => (
        <MemberRow key={member.userId} of={member} fixed={lastOwner && member.role === 'owner'} />
      ))}
    </Table>
  );
};

/** `fixed`: the only owner, whom a workspace cannot do without. */
function MemberRow({ of: member, fixed }: { of: Member; fixed: boolean }) {
  const api = useApi();
  const workspace = useWorkspace();
  const me = useQuery(meQuery(api)).data?.user.id;
  const mayChange = useMay('admin') && allows(workspace.role, member.role) && !fixed;
  const changed = () => api.cache.invalidateQueries({ queryKey: keys.members(workspace.id) });
  const change = useMutation({
    mutationFn: (role: Role) =>
      api.host.client.call('changeMember', { params: { id: workspace.id, userId: member.userId }, body: { role } }),
    onSuccess: changed,
    onError: (error) => toast({ text: errorWords(error).what, sign: 'failed' }),
  });
  return (
    <TableRow>
      <td>
        <div className="row gap-2">
          <span className="cut font-strong">{member.name}</span>
          {member.userId === me && <Chip>You</Chip>}
        </div>
      </td>
      <td>
        {mayChange ? (
          <Select
            size="s"
            label={`Role of ${member.name}`}
            value={change.isPending ? change.variables : member.role}
            options={roleOptions(workspace.role)}
            disabled={change.isPending}
            onChange={(role) => change.mutate(role)}
          />
        ) : (
          roleWords[member.role]
        )}
      </td>
      <td className="text-ink-2">
        <RelativeTime at={member.joinedAt} />
      </td>
      <td>{mayChange && <RemoveMember of={member} onDone={changed} />}</td>
    </TableRow>
  );
}

function RemoveMember({ of: { userId, name }, onDone }: { of: Member; onDone: () => Promise<void> }) {
  const { client } = useApi().host;
  const workspace = useWorkspace();
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    await client.call('removeMember', { params: { id: workspace.id, userId } });
    await onDone();
  };
  return (
    <>
      <IconButton icon={UserMinus} size="s" variant="ghost" label={`Remove ${name}`} onClick={() => setAsking(true)} />
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={`Remove ${name} from ${workspace.name}?`}
        text="Their windows here close at once. Machines they brought leave the workspace, and what those do goes to others. Flows and runs stay."
        confirm={`Remove ${name}`}
        onConfirm={remove}
      />
    </>
  );
}
