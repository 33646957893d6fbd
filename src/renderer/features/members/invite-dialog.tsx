import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Role } from '../../../shared/model/user.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { keys } from '../../api/keys.ts';
import { isLoopback } from '../../app/addresses.ts';
import { useWorkspace } from '../../app/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { CopyLine } from '../../ui/copy-line.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Select } from '../../ui/select.tsx';
import { Switch } from '../../ui/switch.tsx';
import { roleOptions } from './role-words.ts';

const lifetimes = [
  { value: '1', label: 'One hour' },
  { value: '24', label: 'One day' },
  { value: '168', label: 'One week' },
] as const;

/** Asks for which role and how long, then shows the links, once. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const { host, cache } = useApi();
  const workspace = useWorkspace();
  const [role, setRole] = useState<Role>('member');
  const [hours, setHours] = useState<(typeof lifetimes)[number]['value']>('24');
  const [approval, setApproval] = useState(false);
  const create = useMutation({
    mutationFn: () =>
      host.client.call('createInvite', {
        params: { id: workspace.id },
        body: { role, expiresHours: Number(hours), approval },
      }),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.invites(workspace.id) }),
  });
  if (create.data !== undefined) {
    const { link, page } = create.data;
    return (
      <Dialog
        open
        onOpenChange={onClose}
        width={560}
        title="The invite is ready"
        text="Send one of these to the person. They are shown only now, and work once."
        foot={
          <Button variant="main" onClick={onClose}>
            Done
          </Button>
        }
      >
        <div className="mt-4 flex flex-col gap-3">
          <Field label="For the app">
            <CopyLine text={link} />
          </Field>
          <Field label="For a browser">
            <CopyLine text={page} />
          </Field>
          <Field label="For a server that joins as a node">
            <CopyLine text={`otherthing join '${link}'`} />
          </Field>
          {isLoopback(page) && (
            <Notice tone="warn">
              <b>These work on the host's own machine only.</b> Let other machines reach the host under Settings, Host,
              and make the invite again.
            </Notice>
          )}
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Invite to ${workspace.name}`}
      text="A link that makes one person a member. With it they can bring machines, too."
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="main" pending={create.isPending} onClick={() => create.mutate()}>
            Make the link
          </Button>
        </>
      }
    >
      <div className="mt-4 flex flex-col gap-4">
        <Field label="Role" error={create.isError ? errorWords(create.error).what : undefined}>
          <Select value={role} options={roleOptions(workspace.role)} onChange={setRole} />
        </Field>
        <Field label="Works for">
          <Select value={hours} options={lifetimes} onChange={setHours} />
        </Field>
        <div className="row gap-4">
          <span className="flex-1">Somebody lets them in after they took it up</span>
          <Switch label="Somebody lets them in after they took it up" on={approval} onChange={setApproval} />
        </div>
      </div>
    </Dialog>
  );
}
