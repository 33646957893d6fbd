import './inspector.css';
import { Play, X } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { rename, setConfig } from '../../../../shared/flows/edit.ts';
import { withValues } from '../../../../shared/flows/form.ts';
import type { FlowGraph } from '../../../../shared/flows/graph.ts';
import { stepType } from '../../../../shared/flows/registry.ts';
import type { FlowStep } from '../../../../shared/model/flow.ts';
import { writeStored } from '../../../app/stored.ts';
import { IconButton } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Notice } from '../../../ui/notice.tsx';
import { TabPanel, Tabs } from '../../../ui/tabs.tsx';
import { useCommandContext } from '../canvas/use-commands.ts';
import { useBuilder, useFlow, useRun, useUi } from '../model/builder.ts';
import { chordWords } from '../model/chords.ts';
import { commandNamed, isOpen } from '../model/commands.ts';
import { useStepFindings } from '../model/findings.ts';
import { iconNamed } from '../model/icons.ts';
import { graphOf, portAt, stepPorts } from '../model/ports.ts';
import { type InspectorTab, inspectorWidths, select } from '../model/ui-state.ts';
import { PolicyFold } from './policy-fold.tsx';
import { RunPanel } from './run-panel.tsx';
import { type FieldPath, SettingsForm } from './settings-form.tsx';
import { WherePanel } from './where-panel.tsx';

/** What is chosen, at the right: its settings, where it runs, what went in and came out. Esc closes it. */
export function Inspector() {
  const { ui } = useBuilder();
  const chosen = useUi((state) => (state.selection.size === 1 ? [...state.selection][0] : undefined));
  const closed = useUi((state) => state.inspectorClosed);
  const width = useUi((state) => state.inspectorWidth);
  const step = useFlow((view) => (chosen === undefined ? undefined : view.steps.get(chosen)));
  if (closed || step === undefined) return null;
  return (
    <aside
      className="flow-inspector"
      style={{ width }}
      aria-label={`Settings of ${step.name}`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented || !isOwn(event)) return;
        event.stopPropagation();
        select(ui, []);
        document.querySelector<HTMLElement>(`.react-flow__node[data-id="${step.id}"]`)?.focus({ preventScroll: true });
      }}
    >
      <Resizer />
      <Head key={`head-${step.id}`} step={step} />
      <Panels key={step.id} step={step} />
    </aside>
  );
}

/** Whether a key was pressed in the inspector itself, and not in a menu that belongs to it, or in the code, which Esc lets go of. */
function isOwn({ target, currentTarget }: KeyboardEvent): boolean {
  return target instanceof HTMLElement && currentTarget.contains(target) && target.closest('.cm-editor') === null;
}

/** Drag, or the arrow keys, between 300 and 520 px. */
function Resizer() {
  const { ui } = useBuilder();
  const width = useUi((state) => state.inspectorWidth);
  const set = (next: number) => {
    const bounded = Math.min(inspectorWidths.most, Math.max(inspectorWidths.least, Math.round(next)));
    ui.setState({ inspectorWidth: bounded });
    writeStored('inspector-width', String(bounded));
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    const { currentTarget: bar, pointerId, clientX } = event;
    bar.setPointerCapture(pointerId);
    bar.onpointermove = (move) => set(width + clientX - move.clientX);
    bar.onpointerup = () => {
      bar.onpointermove = null;
      bar.onpointerup = null;
    };
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowLeft') set(width + 16);
    else if (event.key === 'ArrowRight') set(width - 16);
    else return;
    event.stopPropagation();
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that can be moved has no element of its own
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the inspector"
      aria-valuenow={width}
      aria-valuemin={inspectorWidths.least}
      aria-valuemax={inspectorWidths.most}
      tabIndex={0}
      className="flow-inspector-bar"
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
    />
  );
}

function Head({ step }: { step: FlowStep }) {
  const { flow, ui, readOnly } = useBuilder();
  const type = stepType(step.type);
  const [typed, setTyped] = useState<string | null>(null);
  const name = (text: string) => {
    setTyped(text);
    if (text.trim() !== '') flow.edit((doc, origin) => rename(doc, step.id, text.slice(0, 120), origin));
  };
  return (
    <header className="flow-inspector-head">
      <span className="flow-step-type" style={{ width: 26, height: 26, borderRadius: 6 }}>
        <Icon of={iconNamed(type?.icon)} size={14} />
      </span>
      <input
        className="flow-name"
        aria-label="Name of the step"
        value={typed ?? step.name}
        readOnly={readOnly}
        maxLength={120}
        onChange={(event) => name(event.target.value)}
        onBlur={() => setTyped(null)}
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
      />
      <RunAlone />
      <IconButton icon={X} label="Close" keys="Esc" size="s" variant="ghost" onClick={() => select(ui, [])} />
    </header>
  );
}

/** Runs the step alone, with what came before it taken from the shown run. */
function RunAlone() {
  const context = useCommandContext();
  // Whether it may follows the run and what is chosen.
  useRun((run) => run.overlay);
  useUi((ui) => ui.selection);
  const command = commandNamed('run-only');
  if (!isOpen(command, context)) return null;
  return (
    <IconButton
      icon={Play}
      label={command.label}
      keys={chordWords(command.keys[0] ?? '')}
      size="s"
      variant="ghost"
      onClick={() => command.run(context)}
    />
  );
}

function Panels({ step }: { step: FlowStep }) {
  const { ui } = useBuilder();
  const type = stepType(step.type);
  const isJob = type?.executes === 'job';
  const hasRun = useRun((run) => run.overlay !== null);
  const wanted = useUi((state) => state.tab);
  const tabs: { value: InspectorTab; label: string }[] = [
    { value: 'settings', label: 'Settings' },
    ...(isJob ? [{ value: 'where', label: 'Where' } as const] : []),
    ...(hasRun
      ? ([
          { value: 'input', label: 'Input' },
          { value: 'output', label: 'Output' },
        ] as const)
      : []),
    ...(hasRun && isJob ? [{ value: 'log', label: step.type === 'agent' ? 'Calls' : 'Log' } as const] : []),
  ];
  const tab = tabs.some(({ value }) => value === wanted) ? wanted : 'settings';
  return (
    <Tabs
      label="Parts"
      value={tab}
      onChange={(next) => ui.setState({ tab: next })}
      tabs={tabs}
      className="flow-inspector-tabs"
    >
      <TabPanel value="settings" className="flow-inspector-body">
        <Settings step={step} />
      </TabPanel>
      <TabPanel value="where" className="flow-inspector-body">
        {tab === 'where' && <WherePanel step={step} />}
      </TabPanel>
      {(['input', 'output', 'log'] as const).map((part) => (
        <TabPanel key={part} value={part} className="flow-inspector-body">
          {tab === part && <RunPanel step={step} part={part} />}
        </TabPanel>
      ))}
    </Tabs>
  );
}

function Settings({ step }: { step: FlowStep }) {
  const { flow, readOnly } = useBuilder();
  const type = stepType(step.type);
  const findings = useStepFindings(step.id);
  const ports = useFlow((view) => stepPorts(graphOf(view), step.id));
  const graph = useFlow(graphOf);
  const wired = wiredFields(graph, step.id);
  if (type === null) {
    return (
      <Notice tone="warn">
        <b>This version does not know steps of type “{step.type}”.</b> Update OtherThing, or replace the step.
      </Notice>
    );
  }
  const change = (path: FieldPath, value: unknown) => {
    const config = flow.view.getState().steps.get(step.id)?.config;
    const [name] = path;
    if (config === undefined || typeof name !== 'string') return;
    const whole = path.length === 1 ? value : withValues(config, [{ path, value }])[name];
    flow.edit((doc, origin) => setConfig(doc, step.id, name, whole, origin));
  };
  const fields = new Set(
    [...ports.inputs, ...ports.innerInputs].map((port) => port.field).filter((field) => field !== undefined),
  );
  const elsewhere = [...findings].filter(([field]) => !isField(field, type.config.properties) && !fields.has(field));
  return (
    <>
      <p className="text-12 text-ink-3">{type.description}</p>
      {elsewhere.map(([field, message]) => (
        <Notice key={field} tone="warn" live>
          <b>{`${message}.`}</b>
          {findingHelp(
            field,
            ports.inputs.map((port) => port.name),
          )}
        </Notice>
      ))}
      <SettingsForm
        type={type}
        config={{ ...type.defaults, ...step.config }}
        context={{
          stepId: step.id,
          readOnly,
          errorAt: (path) => findings.get(path),
          onChange: change,
          wiredTo: (path) => wired.get(path),
        }}
      />
      {type.category !== 'start' && <PolicyFold step={step} />}
    </>
  );
}

const isField = (path: string, properties: object): boolean => (path.split('/')[0] ?? '') in properties;
const findingHelp = (field: string, inputs: readonly string[]): string =>
  inputs.includes(field) ? ' Draw an edge to this port.' : '';

/** The fields whose values edges give, with where they come from: "For each receipt: Item". */
function wiredFields(graph: FlowGraph, stepId: string): ReadonlyMap<string, string> {
  const { inputs, innerInputs } = stepPorts(graph, stepId);
  return new Map(
    (graph.into.get(stepId) ?? []).flatMap(({ from, to }) => {
      const field = [...inputs, ...innerInputs].find((port) => port.name === to.port)?.field;
      const source = graph.steps.get(from.step);
      const port = portAt(graph, { ...from, side: 'output' });
      return field === undefined || source === undefined
        ? []
        : [[field, `${source.step.name}: ${port?.title ?? from.port}`] as const];
    }),
  );
}
