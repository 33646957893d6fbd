import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { keys } from '../../api/keys.ts';
import { meQuery } from '../../api/queries.ts';
import { isLoopback, joinAddress } from '../../app/addresses.ts';
import { HostingSwitch, hostingQuery } from '../../app/hosting.tsx';
import { writeStored } from '../../app/stored.ts';
import { Button } from '../../ui/button.tsx';
import { CopyLine } from '../../ui/copy-line.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { Notice } from '../../ui/notice.tsx';

/** Names the workspace, switches its key on, and says who can reach this host as it runs now. */
export function HostDialog({ workspace, onClose }: { workspace: Workspace; onClose: () => void }) {
  const { client, origin } = useApi().host;
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState(workspace.name);
  const host = useMutation({
    mutationFn: () =>
      client.call('updateWorkspace', {
        params: { id: workspace.id },
        body: { name: name.trim(), shareKeyEnabled: true },
      }),
    onSuccess: () => {
      writeStored('started', 'host');
      void cache.invalidateQueries({ queryKey: keys.workspaces });
    },
  });
  const leave = () => void navigate({ to: '/w/$workspaceId/nodes', params: { workspaceId: workspace.id } });
  const named = host.data;
  if (named !== undefined) {
    return (
      <Dialog
        open
        onOpenChange={(open) => !open && leave()}
        width={520}
        title={`${named.name} is ready`}
        foot={
          <Button variant="main" onClick={leave}>
            See its nodes
          </Button>
        }
      >
        <WhoCanReach origin={origin} shareKey={named.share_key} />
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Name the workspace"
      text="Members, nodes, flows and runs belong to it. Machines join it with a key of 8 characters; you let each one in."
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="main" disabled={name.trim() === ''} pending={host.isPending} onClick={() => host.mutate()}>
            Name it
          </Button>
        </>
      }
    >
      <div className="mt-4">
        <Field label="Name" error={host.isError ? errorWords(host.error).what : undefined}>
          <Input value={name} maxLength={120} autoFocus onChange={(event) => setName(event.target.value)} />
        </Field>
      </div>
    </Dialog>
  );
}

function WhoCanReach({ origin, shareKey }: { origin: string; shareKey: string | null }) {
  const api = useApi();
  const me = useQuery(meQuery(api)).data;
  const hosting = useQuery({ ...hostingQuery(api), enabled: me?.user.hostAdmin === true }).data;
  const team = hosting?.origins[0] ?? origin;
  return (
    <div className="mt-3 flex flex-col gap-3">
      {shareKey !== null && (
        <>
          <p className="text-ink-2">
            A machine joins with this command. It then waits under Nodes until you let it in.
          </p>
          <CopyLine text={`otherthing join ${shareKey}@${joinAddress(team)}`} />
        </>
      )}
      {me?.user.hostAdmin === true ? (
        <HostingSwitch />
      ) : (
        isLoopback(origin) && (
          <Notice tone="warn">
            <b>Only this computer reaches the host for now.</b> Whoever runs it can let other machines reach it.
          </Notice>
        )
      )}
    </div>
  );
}
