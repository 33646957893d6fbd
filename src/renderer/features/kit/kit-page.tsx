import { Copy, Pause, Pin, Play, Plus, Square, Trash2, Upload, Workflow, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Avatar } from '../../ui/avatar.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Chip } from '../../ui/chip.tsx';
import { CodeText } from '../../ui/code-text.tsx';
import { CommandPalette } from '../../ui/command-palette.tsx';
import { CopyLine } from '../../ui/copy-line.tsx';
import { Confirm, Dialog } from '../../ui/dialog.tsx';
import { EmptyPanel } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-state.tsx';
import { Field } from '../../ui/field.tsx';
import { FlowPicture } from '../../ui/flow-picture.tsx';
import { Input } from '../../ui/input.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Logo } from '../../ui/logo.tsx';
import { MachineChip, MachineName } from '../../ui/machine-chip.tsx';
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx';
import { Mosaic } from '../../ui/mosaic.tsx';
import { Notice } from '../../ui/notice.tsx';
import { type PortBase, PortShape } from '../../ui/port-shape.tsx';
import { RadioGroup } from '../../ui/radio.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Slider } from '../../ui/slider.tsx';
import { StateBadge, stateWords } from '../../ui/state-badge.tsx';
import type { GlyphState } from '../../ui/state-glyph.tsx';
import { Switch } from '../../ui/switch.tsx';
import { Table, TableRow } from '../../ui/table.tsx';
import { TabPanel, Tabs } from '../../ui/tabs.tsx';
import { Textarea } from '../../ui/textarea.tsx';
import { toast } from '../../ui/toasts.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { UsageBar } from '../../ui/usage-bar.tsx';
import { Weave } from '../../ui/weave.tsx';

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section>
    <h2 className="mb-2.5 border-b border-line pb-1.5 text-12 font-medium text-ink-3">{title}</h2>
    {children}
  </section>
);

const Line = ({ children }: { children: ReactNode }) => (
  <div className="flex flex-wrap items-center gap-2.5">{children}</div>
);

const swatches = [
  'frame',
  'canvas',
  'surface',
  'raised',
  'sunken',
  'line',
  'line-2',
  'line-ui',
  'ink-3',
  'ink-2',
  'ink',
  'signal',
];
const eight = [1, 2, 3, 4, 5, 6, 7, 8];
const ports: readonly PortBase[] = ['text', 'number', 'boolean', 'json', 'file', 'image', 'embedding', 'any'];

/** Every component of the kit in its states, in one theme beside the other. Only in development. */
export function KitPage() {
  return (
    <main className="h-full overflow-auto bg-frame">
      <h1 className="sr-only">The kit</h1>
      <div className="grid min-h-full wide:grid-cols-2">
        <Sheet theme="light" />
        <Sheet theme="dark" />
      </div>
    </main>
  );
}

const Sheet = ({ theme }: { theme: 'light' | 'dark' }) => (
  <div data-theme={theme} className="flex flex-col gap-6.5 bg-canvas px-8 pt-7.5 pb-8.5 text-ink">
    <div className="row gap-3">
      <Logo size={26} />
      <span className="text-20 font-strong">OtherThing</span>
      <span className="ml-auto text-ink-3">
        {theme === 'light' ? 'Light: paper, ink, highlighter' : 'Dark: slate, chalk, phosphor'}
      </span>
    </div>
    <Part title="Surfaces, ink, highlighter">
      <div className="flex gap-2">
        {swatches.map((name) => (
          <div key={name} className="min-w-0 flex-1">
            <div
              className="h-8.5 w-full rounded-[5px] shadow-[inset_0_0_0_1px_var(--line)]"
              style={{ background: `var(--${name})` }}
            />
            <div className="mt-1.25 text-11 text-ink-3">{name}</div>
          </div>
        ))}
      </div>
    </Part>
    <Machines />
    <Part title="Port types; a list is bracketed, a stream has a wave">
      <Line>
        {ports.map((base) => (
          <span key={base} className="row gap-1 text-12 text-ink-2">
            <PortShape base={base} size={14} />
            {base}
          </span>
        ))}
        <span className="row gap-1 text-12 text-ink-2">
          <PortShape base="image" list size={14} />
          list&lt;image&gt;
        </span>
        <span className="row gap-1 text-12 text-ink-2">
          <PortShape base="text" stream size={14} />
          stream&lt;text&gt;
        </span>
      </Line>
    </Part>
    <Part title="States, with the word">
      <Line>
        {(Object.keys(stateWords) as GlyphState[]).map((state) => (
          <StateBadge key={state} state={state} />
        ))}
      </Line>
    </Part>
    <Buttons />
    <Fields />
    <Controls />
    <Words />
    <Overlays />
    <Lists />
  </div>
);

const Machines = () => (
  <Part title="Machines: colour and mark, always together; full, away, lost">
    <div className="row gap-4.5">
      {eight.map((look) => (
        <div key={look} className="flex flex-col items-center gap-2">
          <MachineChip colour={look} mark={look} size={36} name={`Machine ${look}`} />
          <span className="row gap-1">
            <MachineChip colour={look} mark={look} />
            <MachineChip colour={look} mark={look} presence="away" />
            <MachineChip colour={look} mark={look} presence="lost" />
          </span>
        </div>
      ))}
    </div>
    <div className="mt-4 row gap-4">
      <MachineName colour={1} mark={1} name="rack-2" />
      <MachineName colour={2} mark={2} name="ana-pc" size={20} />
      <MachineName colour={4} mark={4} name="lab-tower" presence="lost" size={13} />
    </div>
  </Part>
);

const Buttons = () => (
  <Part title="Buttons: plain, main, go (sets machines to work), ghost, danger; small, large, off, busy">
    <Line>
      <Button>Share</Button>
      <Button variant="main" icon={Plus}>
        New flow
      </Button>
      <Button variant="go" icon={Play}>
        Run
      </Button>
      <Button variant="ghost">Filter</Button>
      <Button variant="danger" icon={Square}>
        Stop
      </Button>
      <Button variant="danger-fill">Remove bo-laptop</Button>
      <Button disabled>Off</Button>
      <Button pending>Busy</Button>
    </Line>
    <div className="mt-3">
      <Line>
        <Button size="s">Small</Button>
        <Button size="l">Large</Button>
        <IconButton icon={Copy} label="Copy" />
        <IconButton icon={X} label="Close" size="s" />
        <Views />
        <Chip>chip</Chip>
        <Chip look="line" mono>
          qwen3-14b
        </Chip>
        <Kbd>Ctrl K</Kbd>
        <span className="row gap-0.75">
          {['Ana Ruiz', 'Mira Okafor', 'Bo Lindqvist', 'Jonas Weber'].map((name) => (
            <Avatar key={name} name={name} />
          ))}
          <Avatar name="Ana Ruiz" size={18} />
        </span>
      </Line>
    </div>
  </Part>
);

function Views() {
  const [view, setView] = useState<'build' | 'runs' | 'versions'>('build');
  return (
    <Segmented
      label="View"
      value={view}
      onChange={setView}
      segments={[
        { value: 'build', label: 'Build' },
        { value: 'runs', label: 'Runs', count: 215 },
        { value: 'versions', label: 'Versions' },
      ]}
    />
  );
}

function Fields() {
  const [model, setModel] = useState<'qwen3-14b' | 'qwen3-32b'>('qwen3-14b');
  return (
    <Part title="Fields">
      <div className="grid grid-cols-3 gap-4">
        <Field label="Name" help="Shown on the canvas">
          <Input defaultValue="Find totals" />
        </Field>
        <Field label="Model" help="On 3 nodes">
          <Select
            mono
            value={model}
            onChange={setModel}
            options={[
              { value: 'qwen3-14b', label: 'qwen3-14b', note: '9.1 GB' },
              { value: 'qwen3-32b', label: 'qwen3-32b', note: '20 GB' },
            ]}
          />
        </Field>
        <Field label="Time limit" error="Give at least 1 s">
          <Input defaultValue="0" unit="s" />
        </Field>
        <Field label="Empty">
          <Input placeholder="Search steps" />
        </Field>
        <Field label="Off">
          <Input disabled defaultValue="Set by the owner" />
        </Field>
        <Field label="Several lines">
          <Textarea rows={2} defaultValue="Answer with JSON only." />
        </Field>
      </div>
    </Part>
  );
}

function Controls() {
  const [value, setValue] = useState(64);
  const [on, setOn] = useState(true);
  const [ticked, setTicked] = useState(true);
  const [choice, setChoice] = useState<'one' | 'all'>('one');
  return (
    <Part title="Slider, switch, check, choice, progress, drive use">
      <div className="grid grid-cols-2 items-center gap-x-6 gap-y-3">
        <div style={{ '--c': 'var(--machine-2)' } as React.CSSProperties}>
          <Slider
            label="Memory"
            value={value}
            max={100}
            used={31}
            kept={18}
            onChange={setValue}
            words={(now) => `${now} GB`}
          />
        </div>
        <Line>
          <Switch label="Remote control" on={on} onChange={setOn} />
          <Switch label="Pause" on={!on} onChange={(next) => setOn(!next)} />
          <Switch label="Battery" on disabled onChange={setOn} />
          <Checkbox checked={ticked} onChange={setTicked}>
            Keep it
          </Checkbox>
          <Checkbox checked="indeterminate" onChange={setTicked} label="Some" />
          <RadioGroup
            label="How many"
            className="flex gap-3"
            value={choice}
            onChange={setChoice}
            options={[
              { value: 'one', label: 'One' },
              { value: 'all', label: 'All' },
            ]}
          />
        </Line>
        <Weave
          label="ana-pc 28 %, rack-2 22 %, office-mini 12 %, 2 % failed"
          stretches={[
            { kind: 'machine', colour: 2, share: 28 },
            { kind: 'machine', colour: 1, share: 22 },
            { kind: 'failed', share: 2 },
            { kind: 'machine', colour: 3, share: 12 },
            { kind: 'open', share: 36 },
          ]}
        />
        <div className="grid grid-cols-3 gap-2">
          {[0.41, 0.78, 0.94].map((used) => (
            <UsageBar key={used} used={used} label={`${Math.round(used * 100)} % full`} />
          ))}
        </div>
        <Mosaic
          label="32 items"
          cells={Array.from({ length: 32 }, (_, index) => ({
            key: `cell-${index}`,
            state:
              index === 9
                ? ('failed' as const)
                : index < 18
                  ? ('done' as const)
                  : index < 21
                    ? ('running' as const)
                    : ('waiting' as const),
            ...(index < 21 ? { colour: [2, 1, 3][index % 3] ?? 1 } : {}),
          }))}
        />
        <FlowPicture
          picture={{
            boxes: [
              { id: 'a', x: 0, y: 40, width: 208, height: 90 },
              { id: 'b', x: 280, y: 0, width: 304, height: 180 },
              { id: 'c', x: 660, y: 40, width: 208, height: 90 },
            ],
            lines: [
              { from: 0, to: 1 },
              { from: 1, to: 2 },
            ],
          }}
          colours={
            new Map([
              ['a', 'var(--ink-3)'],
              ['b', 'var(--machine-2)'],
            ])
          }
        />
      </div>
    </Part>
  );
}

function Words() {
  const [tab, setTab] = useState<'settings' | 'where' | 'input' | 'output' | 'log'>('settings');
  return (
    <Part title="Tabs, notices, code, time">
      <div className="flex flex-col gap-3">
        <Tabs
          label="Inspector"
          value={tab}
          onChange={setTab}
          tabs={[
            { value: 'settings', label: 'Settings' },
            { value: 'where', label: 'Where' },
            { value: 'input', label: 'Input' },
            { value: 'output', label: 'Output' },
            { value: 'log', label: 'Log' },
          ]}
        >
          {(['settings', 'where', 'input', 'output', 'log'] as const).map((panel) => (
            <TabPanel key={panel} value={panel}>
              What stands under {panel}
            </TabPanel>
          ))}
        </Tabs>
        <Notice tone="warn">
          <b>Nothing can run this yet.</b> No node shares 20 GB of GPU memory.
        </Notice>
        <Notice tone="fail">
          <b>A list of images does not fit a text.</b> Put a step between that reads them.
        </Notice>
        <Notice tone="answer">
          <b>No machine can take it now; rack-2 can in about 40 s,</b> when receipt-033 leaves GPU 0.
        </Notice>
        <Notice>lab-tower stopped answering during try 1. rack-2 read the receipt again.</Notice>
        <CodeText label="Text">{'Kaffehuset Nord\n2 Filter      7.00\nTotal EUR    21.80'}</CodeText>
        <CopyLine text="otherthing join AB3X7K9M@192.0.2.7:4171" />
        <p className="text-12 text-ink-2">
          It ran <RelativeTime at={Date.now() - 380_000} />.
        </p>
      </div>
    </Part>
  );
}

function Overlays() {
  const [dialog, setDialog] = useState<'dialog' | 'confirm' | 'palette' | null>(null);
  const close = () => setDialog(null);
  return (
    <Part title="Menu, tooltip, dialog, toasts, palette">
      <Line>
        <Menu trigger={<Button>Menu</Button>} align="start">
          <MenuItem icon={Play} keys="R" onSelect={close}>
            Run from here
          </MenuItem>
          <MenuItem icon={Pin} keys="P" onSelect={close}>
            Pin its output
          </MenuItem>
          <MenuItem icon={Copy} keys="Ctrl C" onSelect={close}>
            Copy
          </MenuItem>
          <MenuLine />
          <MenuItem icon={Trash2} keys="Del" danger onSelect={close}>
            Delete step
          </MenuItem>
        </Menu>
        <Tooltip content="Fit to window" keys="1">
          <Button>Tooltip</Button>
        </Tooltip>
        <Button onClick={() => setDialog('dialog')}>Dialog</Button>
        <Button onClick={() => setDialog('confirm')}>Confirm</Button>
        <Button onClick={() => setDialog('palette')}>Palette</Button>
        <Button
          onClick={() =>
            toast({ text: 'Flow “Nightly price watch” deleted', sign: 'done', action: { label: 'Undo', run: close } })
          }
        >
          Toast
        </Button>
        <Button
          onClick={() =>
            toast({
              text: 'lab-tower is lost. Its 1 job went to rack-2.',
              sign: { lead: <MachineChip colour={4} mark={4} presence="lost" /> },
              action: { label: 'See node', run: close },
            })
          }
        >
          Toast of a node
        </Button>
      </Line>
      <Dialog
        open={dialog === 'dialog'}
        onOpenChange={close}
        title="Name the workspace"
        text="Members, nodes, flows and runs belong to it."
        foot={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button variant="main" onClick={close}>
              Name it
            </Button>
          </>
        }
      >
        <div className="mt-4">
          <Field label="Name">
            <Input defaultValue="Tidemark" />
          </Field>
        </div>
      </Dialog>
      <Confirm
        open={dialog === 'confirm'}
        onOpenChange={close}
        title="Remove bo-laptop from Tidemark?"
        text="Its 2 jobs go back in line. It can be added again with its share key."
        confirm="Remove bo-laptop"
        onConfirm={async () => {}}
      />
      <CommandPalette
        open={dialog === 'palette'}
        onOpenChange={close}
        groups={[
          {
            name: 'Nodes',
            entries: [
              {
                id: 'n',
                label: 'rack-2',
                note: '2 × RTX A5000, working',
                lead: <MachineChip colour={1} mark={1} />,
                run: close,
              },
            ],
          },
          { name: 'Actions', entries: [{ id: 'd', label: 'Drain rack-2', icon: Pause, run: close }] },
          {
            name: 'Flows',
            entries: [{ id: 'f', label: 'Track parcels', note: 'ran 3 days ago', icon: Workflow, run: close }],
          },
        ]}
      />
    </Part>
  );
}

const Lists = () => (
  <Part title="Table; loading, empty, error">
    <div className="overflow-hidden rounded-panel border border-line bg-surface">
      <Table
        label="Keys"
        columns={[{ head: 'Key' }, { head: 'Provider' }, { head: 'This month', right: true }, { head: 'Last used' }]}
      >
        <TableRow selected>
          <td className="font-medium">Team key</td>
          <td className="text-ink-2">OpenAI-compatible</td>
          <td data-right="">12.40 €</td>
          <td className="text-ink-3">6 min ago</td>
        </TableRow>
        <TableRow>
          <td className="font-medium">Fallback</td>
          <td className="text-ink-2">OpenAI-compatible</td>
          <td data-right="">0.00 €</td>
          <td className="text-ink-3">never</td>
        </TableRow>
        <tr>
          <td>
            <Skeleton width={96} />
          </td>
          <td>
            <Skeleton width={128} />
          </td>
          <td data-right="">
            <Skeleton width={48} className="ml-auto" />
          </td>
          <td>
            <Skeleton width={64} />
          </td>
        </tr>
      </Table>
    </div>
    <div className="mt-3.5 grid grid-cols-2 gap-3.5">
      <div className="rounded-panel border border-line bg-surface">
        <EmptyPanel
          title="No files yet"
          actions={
            <Button size="s" variant="main" icon={Upload}>
              Add files
            </Button>
          }
        >
          Files live on your team’s own drives, two copies each.
        </EmptyPanel>
      </div>
      <div className="rounded-panel border border-line bg-surface">
        <ErrorPanel title="Files could not be loaded" onRetry={() => toast({ text: 'Tried again', sign: 'done' })}>
          No node that holds them has answered for 40 s.
        </ErrorPanel>
      </div>
    </div>
  </Part>
);
