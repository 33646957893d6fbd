import { Link } from '@tanstack/react-router';
import { CalendarClock, Copy, Download, Ellipsis, PencilLine, Play, Trash2 } from 'lucide-react';
import type { FlowSummary } from '../../../shared/model/run.ts';
import { colourOf, type Machines, useMachines, weaveOf, weaveWords } from '../../app/machines.ts';
import { runWords } from '../../app/run-words.ts';
import { useMay, useWorkspace } from '../../app/workspace.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { IconButton } from '../../ui/button.tsx';
import { FlowPicture } from '../../ui/flow-picture.tsx';
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx';
import { formatPlural } from '../../ui/numbers.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { glyphOfRun } from '../../ui/states.ts';
import { type Column, Table, TableRow } from '../../ui/table.tsx';
import { Weave } from '../../ui/weave.tsx';
import type { FlowActions } from './flow-actions.ts';
import { LiveTriggers } from './live-triggers.tsx';

const columns: readonly Column[] = [
  { head: 'Flow' },
  { head: 'Editing now', width: '132px' },
  { head: 'Last run', width: '240px' },
  { head: 'When', width: '140px' },
  { head: '', label: 'What you can do', width: '92px' },
];

interface FlowRowProps {
  flow: FlowSummary;
  actions: FlowActions;
  onRename: (flow: FlowSummary) => void;
  onTriggers: (flow: FlowSummary) => void;
}

export const FlowTable = ({ flows, ...rest }: { flows: readonly FlowSummary[] } & Omit<FlowRowProps, 'flow'>) => (
  <Table label="Flows" columns={columns} rows="rich" fixed>
    {flows.map((flow) => (
      <FlowRow key={flow.id} flow={flow} {...rest} />
    ))}
  </Table>
);

/** "9 steps, version 31" */
export const sizeWords = (flow: FlowSummary): string =>
  `${formatPlural(flow.steps, 'step')}, ${flow.version === null ? 'never run' : `version ${flow.version}`}`;

/** Steps in the colours of the nodes that ran them last, as far as that is known. */
export function pictureColours(flow: FlowSummary, machines: Machines): ReadonlyMap<string, string> {
  if (flow.lastRun === null) return new Map();
  return new Map(
    flow.picture.boxes.map((box) => [
      box.id,
      box.nodeId === undefined ? 'var(--ink-3)' : colourOf(machines, box.nodeId),
    ]),
  );
}

function FlowRow({ flow, actions, onRename, onTriggers }: FlowRowProps) {
  const machines = useMachines();
  const { id: workspaceId } = useWorkspace();
  return (
    <TableRow onOpen={() => void actions.open(flow.id)} className="group">
      <td>
        <div className="row gap-3.5">
          <FlowPicture picture={flow.picture} colours={pictureColours(flow, machines)} />
          <div className="min-w-0 leading-[18px]">
            <Link
              to="/w/$workspaceId/flows/$flowId"
              params={{ workspaceId, flowId: flow.id }}
              className="cut block font-strong"
            >
              {flow.name}
            </Link>
            <div className="row gap-2 text-12 text-ink-3">
              <span className="cut">{sizeWords(flow)}</span>
              <LiveTriggers flow={flow} onTriggers={onTriggers} />
            </div>
          </div>
        </div>
      </td>
      <td>
        <EditingNow flow={flow} />
      </td>
      <td>
        <LastRun flow={flow} machines={machines} />
      </td>
      <td className="text-12 text-ink-2">{flow.lastRun !== null && <RelativeTime at={flow.lastRun.createdAt} />}</td>
      <td data-right="">
        <FlowControls flow={flow} actions={actions} onRename={onRename} onTriggers={onTriggers} />
      </td>
    </TableRow>
  );
}

function EditingNow({ flow }: { flow: FlowSummary }) {
  if (flow.editing.length === 0) return <span className="text-ink-3">no one</span>;
  const shown = flow.editing.slice(0, 3);
  return (
    <span className="row gap-0.75">
      {shown.map((person) => (
        <Avatar key={person.userId} id={person.userId} name={person.name} />
      ))}
      {flow.editing.length > shown.length && (
        <span className="pl-1 text-12 text-ink-3">+ {flow.editing.length - shown.length}</span>
      )}
    </span>
  );
}

export function LastRun({ flow, machines }: { flow: FlowSummary; machines: Machines }) {
  const { id: workspaceId } = useWorkspace();
  const run = flow.lastRun;
  if (run === null) {
    return (
      <>
        <div className="mb-1.25 row gap-2 text-12 text-ink-3">
          <StateGlyph state="waiting" />
          Not run yet
        </div>
        <Weave stretches={[]} label="No work yet" height={6} />
      </>
    );
  }
  return (
    <>
      <Link
        to="/w/$workspaceId/runs/$runId"
        params={{ workspaceId, runId: run.id }}
        className="mb-1.25 row w-fit max-w-full gap-2 text-12 text-ink-2 hover:text-ink"
      >
        <StateGlyph state={glyphOfRun[run.state]} />
        <span className="cut">{runWords(run)}</span>
      </Link>
      <Weave stretches={weaveOf(run, machines)} label={weaveWords(run, machines)} height={6} />
    </>
  );
}

/** Run is in the highlighter only in the row that one is at, so that there is one in the view. */
function FlowControls({ flow, actions, onRename, onTriggers }: FlowRowProps) {
  const mayEdit = useMay('member');
  return (
    <span className="inline-flex gap-1">
      {mayEdit && (
        <span className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
          <IconButton
            size="s"
            variant="go"
            icon={Play}
            label={`Run ${flow.name}`}
            disabled={actions.run.isPending}
            onClick={() => actions.run.mutate(flow)}
          />
        </span>
      )}
      <FlowMenu flow={flow} actions={actions} onRename={onRename} onTriggers={onTriggers} />
    </span>
  );
}

export function FlowMenu({ flow, actions, onRename, onTriggers }: FlowRowProps) {
  const mayEdit = useMay('member');
  return (
    <Menu trigger={<IconButton size="s" variant="ghost" icon={Ellipsis} label={`More for ${flow.name}`} />}>
      {mayEdit && (
        <>
          <MenuItem icon={Play} onSelect={() => actions.run.mutate(flow)}>
            Run
          </MenuItem>
          <MenuItem icon={PencilLine} onSelect={() => onRename(flow)}>
            Rename
          </MenuItem>
          <MenuItem icon={Copy} onSelect={() => actions.duplicate.mutate(flow)}>
            Duplicate
          </MenuItem>
        </>
      )}
      <MenuItem icon={CalendarClock} onSelect={() => onTriggers(flow)}>
        Triggers and runs at once
      </MenuItem>
      <MenuItem icon={Download} onSelect={() => actions.save.mutate(flow)}>
        Export as a file
      </MenuItem>
      {mayEdit && (
        <>
          <MenuLine />
          <MenuItem icon={Trash2} danger onSelect={() => actions.remove.mutate(flow)}>
            Delete
          </MenuItem>
        </>
      )}
    </Menu>
  );
}

/** The table's shape while it loads. */
export const FlowTableSkeleton = () => (
  <Table label="Flows" columns={columns} rows="rich" fixed>
    {[62, 48, 70, 40].map((width) => (
      <tr key={width}>
        <td>
          <div className="row gap-3.5">
            <Skeleton width={92} height={44} />
            <Skeleton width={`${width}%`} />
          </div>
        </td>
        <td>
          <Skeleton width={24} height={24} />
        </td>
        <td>
          <Skeleton width={120} className="mb-2" />
          <Skeleton width="100%" height={6} />
        </td>
        <td>
          <Skeleton width={64} />
        </td>
        <td />
      </tr>
    ))}
  </Table>
);
