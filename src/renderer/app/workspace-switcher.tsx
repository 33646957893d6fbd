import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ChevronsUpDown, Plus } from 'lucide-react';
import { useState } from 'react';
import type { Workspace } from '../../shared/model/workspace.ts';
import { useApi } from '../api/api.ts';
import { meQuery, workspacesQuery } from '../api/queries.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu, MenuCaption, MenuChoice, MenuItem, MenuLine } from '../ui/menu.tsx';
import { ContributeItem } from './hosts/contribute-item.tsx';
import { HostItems } from './hosts/host-menu.tsx';
import { useMay, useWorkspace } from './workspace.ts';
import { WorkspaceDialog } from './workspace-dialog.tsx';

export const WorkspaceTile = ({ name }: { name: string }) => (
  <span
    className="grid size-7 flex-none place-items-center rounded-[7px] bg-ink font-strong text-on-ink"
    aria-hidden="true"
  >
    {[...name.trim()][0]?.toLocaleUpperCase('en') ?? '?'}
  </span>
);

/** The app reaches several hosts; a browser is served by one and shows that one alone. */
const HostsOfMenu = ({ workspace }: { workspace: Workspace }) => (
  <>
    <ContributeItem workspace={workspace} />
    <MenuLine />
    <HostItems />
  </>
);

/** Which workspace, on which host; leads to the others. */
export function WorkspaceSwitcher({ small = false }: { small?: boolean }) {
  const api = useApi();
  const workspace = useWorkspace();
  const mayRename = useMay('admin');
  const navigate = useNavigate();
  const host = useQuery(meQuery(api)).data?.host;
  const all = useQuery(workspacesQuery(api)).data ?? [workspace];
  const [dialog, setDialog] = useState<'new' | 'rename' | null>(null);
  const open = (workspaceId: string) => void navigate({ to: '/w/$workspaceId/flows', params: { workspaceId } });
  const trigger = small ? (
    <button type="button" className="mb-2 rounded-[7px]" aria-label={`Workspace ${workspace.name}`}>
      <WorkspaceTile name={workspace.name} />
    </button>
  ) : (
    <button
      type="button"
      className="mb-2.5 row h-11 w-full flex-none gap-2.25 rounded-control pr-2 pl-1.5 text-left hover:bg-hover data-[state=open]:bg-press"
    >
      <WorkspaceTile name={workspace.name} />
      <span className="min-w-0 flex-1">
        <span className="cut block leading-[17px] font-strong">{workspace.name}</span>
        {host !== undefined && <span className="cut block text-11 text-ink-3">on {host.name}</span>}
      </span>
      <Icon of={ChevronsUpDown} size={14} />
    </button>
  );
  return (
    <>
      <Menu
        trigger={trigger}
        align="start"
        side={small ? 'right' : 'bottom'}
        width={api.host.desktop === null ? 232 : 280}
      >
        <MenuCaption>Workspaces</MenuCaption>
        <MenuChoice
          value={workspace.id}
          options={all.map((one) => ({ value: one.id, label: one.name, note: one.role }))}
          onChange={open}
        />
        <MenuLine />
        {mayRename && <MenuItem onSelect={() => setDialog('rename')}>Rename {workspace.name}</MenuItem>}
        <MenuItem icon={Plus} onSelect={() => setDialog('new')}>
          New workspace
        </MenuItem>
        {api.host.desktop !== null && <HostsOfMenu workspace={workspace} />}
      </Menu>
      <WorkspaceDialog
        key={dialog}
        open={dialog !== null}
        onOpenChange={(isOpen) => !isOpen && setDialog(null)}
        rename={dialog === 'rename' ? workspace : null}
        onMade={(made) => open(made.id)}
      />
    </>
  );
}
