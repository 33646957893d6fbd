import { Ellipsis, Trash2, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Gpu, Node } from '../../../shared/model/node.ts';
import { hardwareWords, ownerWords, presenceOf, standingWords } from '../../app/node-facts.ts';
import { useMay, useWorkspace } from '../../app/workspace.ts';
import { IconButton } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { MachineChip, machineColour } from '../../ui/machine-chip.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { formatDriveSize, formatMemory } from '../../ui/numbers.ts';
import { Facts } from '../../ui/panel.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { UsageBar } from '../../ui/usage-bar.tsx';
import { DoesNow, JobLine } from './does-now.tsx';
import { Load } from './load.tsx';
import { RemoteControl } from './remote-control.tsx';
import { RemoveNode } from './remove-node.tsx';
import { Reputation } from './reputation.tsx';

const Section = ({ title, end, children }: { title: string; end?: ReactNode; children: ReactNode }) => (
  <section className="border-t border-line px-4 py-3.5">
    <div className="mb-1.5 row">
      <h3 className="font-strong">{title}</h3>
      {end !== undefined && <span className="ml-auto text-12 text-ink-3">{end}</span>}
    </div>
    {children}
  </section>
);

/** Everything about one node of the workspace. */
export function NodePanel({ node, onClose }: { node: Node; onClose: () => void }) {
  const { id: workspaceId, name: workspace } = useWorkspace();
  const mayRemove = useMay('admin');
  const [removing, setRemoving] = useState(false);
  return (
    <aside aria-label={node.name} className="flex min-h-0 flex-col overflow-auto border-l border-line bg-surface">
      <header className="row gap-3 px-4 pt-3.5 pb-3">
        <MachineChip colour={node.colour} mark={node.mark} presence={presenceOf(node)} size={36} />
        <div className="min-w-0 flex-1">
          <h2 className="cut text-15 font-strong">{node.name}</h2>
          <p className="cut text-12 text-ink-3">
            <Connected node={node} />
          </p>
        </div>
        {mayRemove && (
          <Menu trigger={<IconButton size="s" variant="ghost" icon={Ellipsis} label={`More for ${node.name}`} />}>
            <MenuItem icon={Trash2} danger onSelect={() => setRemoving(true)}>
              Remove from {workspace}
            </MenuItem>
          </Menu>
        )}
        <IconButton size="s" variant="ghost" icon={X} label="Close" onClick={onClose} />
      </header>
      <Section title="Does now" end={standingWords(node)}>
        <div className="text-12 leading-[18px]">
          {node.running.length > 1 && presenceOf(node) === 'here' ? (
            <div className="flex flex-col gap-1" style={machineColour(node.colour)}>
              {node.running.map((job) => (
                <JobLine key={job.jobId} job={job} />
              ))}
            </div>
          ) : (
            <DoesNow node={node} />
          )}
        </div>
      </Section>
      <Section title="Load, within its limits">
        <Load node={node} wide />
      </Section>
      <Section title="Reputation">
        <Reputation node={node} />
      </Section>
      <Section title="Remote control">
        <RemoteControl node={node} />
      </Section>
      <Hardware node={node} />
      <Section title="About">
        <Facts
          wide={92}
          rows={[
            { word: 'Belongs to', value: ownerWords(node) || 'nobody named' },
            {
              word: 'Can do',
              value: node.executors.length === 0 ? 'no jobs, only registers' : <Chips of={node.executors} />,
            },
            ...(node.tags.length === 0 ? [] : [{ word: 'Tags', value: <Chips of={node.tags} /> }]),
            { word: 'Serves', value: servesWords(node, workspaceId) },
            ...(node.version === null ? [] : [{ word: 'Version', value: node.version }]),
            { word: 'Known since', value: <RelativeTime at={node.createdAt} /> },
          ]}
        />
      </Section>
      <RemoveNode node={node} open={removing} onOpenChange={setRemoving} onRemoved={onClose} />
    </aside>
  );
}

function Connected({ node }: { node: Node }) {
  if (node.connectedAt !== null && node.status === 'online') {
    return (
      <>
        Connected since <RelativeTime at={node.connectedAt} />
      </>
    );
  }
  if (node.lastSeenAt === null) return 'Not heard yet';
  return (
    <>
      {standingWords(node)}, last heard <RelativeTime at={node.lastSeenAt} />
    </>
  );
}

const Chips = ({ of }: { of: readonly string[] }) => (
  <span className="flex flex-wrap gap-1">
    {of.map((one) => (
      <Chip key={one} look="line">
        {one}
      </Chip>
    ))}
  </span>
);

function servesWords(node: Node, here: string): string {
  const others = node.workspaces.filter((workspace) => workspace.id !== here);
  return others.length === 0
    ? 'this workspace'
    : `this workspace, ${others.map((workspace) => workspace.name).join(', ')}`;
}

/** What is in the machine. Missing values are left out: a node need not say everything. */
export function Hardware({ node }: { node: Node }) {
  const { gpus = [], drives = [] } = node.capabilities;
  return (
    <Section title="Hardware">
      <p className="text-12 text-ink-2">{hardwareWords(node) || 'It has not said what it has.'}</p>
      {gpus.map((gpu) => (
        <p key={gpu.id} className="mt-1 text-12 text-ink-2">
          {gpuLine(gpu)}
        </p>
      ))}
      {drives.slice(0, 6).map((drive) => {
        const used = drive.total_gb > 0 ? 1 - drive.free_gb / drive.total_gb : 0;
        return (
          <div key={drive.mount} className="mt-2">
            <div className="row gap-2 text-12">
              <span className="cut font-medium">{drive.mount}</span>
              <span className="ml-auto whitespace-nowrap text-ink-2">
                {formatDriveSize(drive.free_gb)} of {formatDriveSize(drive.total_gb)} free
              </span>
            </div>
            <UsageBar used={used} height={6} label={`${drive.mount}, ${Math.round(used * 100)} % full`} />
          </div>
        );
      })}
    </Section>
  );
}

const gpuLine = (gpu: Gpu) =>
  gpu.memory_mb === undefined ? gpu.model : `${gpu.model}, ${formatMemory(gpu.memory_mb)}`;
