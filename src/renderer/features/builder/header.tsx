import { Link } from '@tanstack/react-router';
import { CalendarClock, ChevronDown, Download, Keyboard, Pencil } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { renameFlow } from '../../../shared/flows/edit.ts';
import { saveFile } from '../../app/save-file.ts';
import { TriggersDialog } from '../../app/triggers-dialog.tsx';
import { useWorkspace } from '../../app/workspace.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { formatDuration } from '../../ui/numbers.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { useNow } from '../../ui/relative-time.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { type Other, peopleOf } from './document/presence.ts';
import { useBuilder, useFlow, useUi } from './model/builder.ts';
import { NameInput } from './name-input.tsx';

/** Where one is, whether everything is saved, and who else is here. */
export function Header() {
  const { flow, flowId, readOnly } = useBuilder();
  const workspace = useWorkspace();
  const name = useFlow((view) => view.name);
  const [renaming, setRenaming] = useState(false);
  const [triggering, setTriggering] = useState(false);
  const others = useStore(flow.others);
  return (
    <PageHeader
      trail={[
        <Link key="flows" to="/w/$workspaceId/flows" params={{ workspaceId: workspace.id }}>
          Flows
        </Link>,
        renaming ? (
          <NameInput
            key="name"
            name={name}
            label="Name of the flow"
            className="flow-name"
            width={320}
            onKeep={(wanted) => flow.edit((doc, origin) => renameFlow(doc, wanted, origin))}
            onDone={() => setRenaming(false)}
          />
        ) : (
          <span key="name" className="row min-w-0 gap-0.5">
            <span className="cut">{name}</span>
            <FlowMenu onRename={readOnly ? null : () => setRenaming(true)} onTriggers={() => setTriggering(true)} />
            {triggering && <TriggersDialog flowId={flowId} name={name} onClose={() => setTriggering(false)} />}
          </span>
        ),
      ]}
      status={<SavedWords />}
      middle={<Mode />}
      actions={<People others={others} />}
    />
  );
}

/** Building, or looking at what was. */
function Mode() {
  const { ui } = useBuilder();
  const mode = useUi((state) => state.mode);
  return (
    <Segmented
      label="What is shown"
      value={mode}
      segments={[
        { value: 'build', label: 'Build' },
        { value: 'versions', label: 'Versions' },
      ]}
      onChange={(next) => ui.setState({ mode: next })}
    />
  );
}

function FlowMenu({ onRename, onTriggers }: { onRename: (() => void) | null; onTriggers: () => void }) {
  const { flow, ui } = useBuilder();
  const download = () => {
    const { file, name } = flow.view.getState();
    saveFile(new Blob([`${JSON.stringify(file, null, 2)}\n`], { type: 'application/json' }), `${name}.json`);
  };
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          className="grid size-6 place-items-center rounded-control text-ink-2 hover:bg-hover"
          aria-label="This flow"
        >
          <Icon of={ChevronDown} size={14} />
        </button>
      }
    >
      {onRename !== null && (
        <MenuItem icon={Pencil} onSelect={onRename}>
          Rename
        </MenuItem>
      )}
      <MenuItem icon={CalendarClock} onSelect={onTriggers}>
        Triggers and runs at once
      </MenuItem>
      <MenuItem icon={Keyboard} keys="?" onSelect={() => ui.setState({ sheet: true })}>
        All keys
      </MenuItem>
      <MenuItem icon={Download} onSelect={download}>
        Export as JSON
      </MenuItem>
    </Menu>
  );
}

/** "Saved" only once the host has made every edit durable. */
function SavedWords() {
  const { flow, readOnly } = useBuilder();
  const link = useStore(flow.state, (state) => state.link);
  const saved = useStore(flow.state, (state) => state.saved);
  const loaded = useStore(flow.state, (state) => state.loaded);
  const now = useNow(5000);
  if (!loaded || link.kind === 'refused') return null;
  if (link.kind === 'lost') {
    const since = formatDuration(Math.max(0, now - link.since));
    return <span role="status">{saved ? `Not connected for ${since}` : `Kept here, not connected for ${since}`}</span>;
  }
  if (readOnly) return <span>You may watch</span>;
  return <span role="status">{saved ? 'Saved' : 'Saving'}</span>;
}

/** Everybody else who is here. A press on somebody shows what they see, until one moves. */
function People({ others }: { others: readonly Other[] }) {
  const { ui } = useBuilder();
  const following = useUi((state) => state.following);
  const people = peopleOf(others);
  if (people.length === 0) return null;
  const clientOf = (personId: string) => others.find((other) => other.user.id === personId)?.clientId ?? null;
  return (
    <ul className="row gap-1" aria-label="Also here">
      {people.slice(0, 6).map((person) => {
        const followed = others.some((other) => other.clientId === following && other.user.id === person.id);
        return (
          <li key={person.id}>
            <Tooltip content={followed ? `You follow ${person.name}` : `Follow ${person.name}`}>
              <button
                type="button"
                className="flow-person"
                aria-label={`Follow ${person.name}`}
                aria-pressed={followed}
                onClick={() => ui.setState({ following: followed ? null : clientOf(person.id) })}
              >
                <Avatar name={person.name} id={person.id} said={false} />
              </button>
            </Tooltip>
          </li>
        );
      })}
      {people.length > 6 && <li className="text-12 text-ink-3">{`and ${people.length - 6} more`}</li>}
    </ul>
  );
}
