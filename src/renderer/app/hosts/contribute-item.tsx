import { Monitor } from 'lucide-react';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { MenuItem } from '../../ui/menu.tsx';
import { toast } from '../../ui/toasts.tsx';
import { useHostAct, useShownHost } from './hosts-data.ts';

/** Makes this computer a node of a workspace on another machine; it is not there where it is one already. */
export function ContributeItem({ workspace }: { workspace: Pick<Workspace, 'id' | 'name' | 'role'> }) {
  const host = useShownHost();
  const contribute = useHostAct((main, hostId: string) => main.call('contribute', hostId, workspace.id));
  if (host === null || workspace.role === 'viewer') return null;
  if (host.contributes?.workspaces.includes(workspace.name) === true) return null;
  const done = () => toast({ text: `This computer contributes to ${workspace.name} from now on.`, sign: 'done' });
  return (
    <MenuItem icon={Monitor} onSelect={() => contribute.mutate(host.id, { onSuccess: done })}>
      Contribute this computer
    </MenuItem>
  );
}
