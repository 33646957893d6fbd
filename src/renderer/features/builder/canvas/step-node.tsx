import './step.css';
import type { Node, NodeProps } from '@xyflow/react';
import { Pin, RotateCw } from 'lucide-react';
import { type CSSProperties, memo, useDeferredValue } from 'react';
import { stepType } from '../../../../shared/flows/registry.ts';
import type { FlowStep } from '../../../../shared/model/flow.ts';
import { isRunOver, type StepInstance } from '../../../../shared/model/run.ts';
import { colourOf } from '../../../app/machines.ts';
import { Button } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { MachineChip, machineColour } from '../../../ui/machine-chip.tsx';
import { formatPlural } from '../../../ui/numbers.ts';
import { StateGlyph } from '../../../ui/state-glyph.tsx';
import { useBuilder, usePin, useRun, useUi } from '../model/builder.ts';
import { type Body, innerPortPoint, type MapLayout, portPoint } from '../model/geometry.ts';
import { iconNamed } from '../model/icons.ts';
import { useMachines } from '../model/machines-context.ts';
import { placementWords } from '../model/placement-words.ts';
import type { StepPorts } from '../model/ports.ts';
import { isFinished, type RunOverlay } from '../run/overlay.ts';
import { blockColour, endOf, stepLook } from '../run/step-look.ts';
import type { TokenStream } from '../run/token-stream.ts';
import { tryAgain } from '../run/try-again.ts';
import { changeWords } from '../versions/flow-diff.ts';
import { FarPort, PortHandle } from './port-handle.tsx';
import { MapCells, StepBody, Thread } from './step-parts.tsx';
import { TokenWell, tokenWords, WithTokens } from './token-well.tsx';
import { useTick } from './use-tick.ts';

export interface StepData extends Record<string, unknown> {
  step: FlowStep;
  ports: StepPorts;
  body: Body;
  /** Of a Map. */
  layout: MapLayout | null;
  /** Ports that no edge leads to or from, as `i:name` and `o:name`. */
  free: ReadonlySet<string>;
  /** What is wrong with it, the first first. */
  findings: readonly string[];
  /** The steps whose results it needs. */
  after: readonly string[];
  /** A Map that has steps inside. */
  hasInner: boolean;
  /** The outermost Map around it. */
  within: string | null;
}
export type StepNodeType = Node<StepData, 'step'>;

const noLanes: readonly StepInstance[] = [];

/**
 * One step of the canvas. It is drawn again only when its own step, ports, findings or state in the run change. One that
 * comes into sight while the canvas moves is only its name at first: the rest is drawn where a frame has time for it.
 */
export const StepNode = memo(function StepNode(props: NodeProps<StepNodeType>) {
  const { ui } = useBuilder();
  const far = useUi((state) => state.zoom === 'far');
  const whole = useDeferredValue(true, !ui.getState().inMotion);
  if (far) return <FarStep {...props} />;
  return whole ? <NearStep {...props} /> : <ComingStep {...props} />;
});

function ComingStep({ data: { step, ports, layout }, width = 208 }: NodeProps<StepNodeType>) {
  return (
    <>
      <article className="flow-step" aria-label={step.name} {...(layout === null ? {} : { 'data-map': '' })}>
        <header className="flow-step-head">
          <span className="flow-step-type">
            <Icon of={iconNamed(stepType(step.type)?.icon)} size={14} />
          </span>
          <span className="flow-step-name">{step.name}</span>
        </header>
      </article>
      <FarPorts ports={ports} layout={layout} width={width} />
    </>
  );
}

/** Far out a step is a plain block in the colour of its machine or its state, with bare marks where its ports are measured. */
function FarStep({ data, width = 208 }: NodeProps<StepNodeType>) {
  const { step, ports, findings, within, layout } = data;
  const machines = useMachines();
  const instance = useRun((run) => instanceOf(run.overlay, step.id, within));
  const look = stepLook({ instance, map: undefined, waitsFor: 0, findings, placement: '', now: 0 });
  const change = useUi((state) => state.diff?.steps.get(step.id));
  const block =
    change === undefined
      ? blockColour(look, look.nodeId === null ? null : colourOf(machines, look.nodeId))
      : `var(--${{ added: 'done', removed: 'fail', changed: 'warn' }[change]}-line)`;
  return (
    <>
      <article
        className="flow-step"
        style={{ '--block': block } as CSSProperties}
        aria-label={step.name}
        {...(layout === null ? {} : { 'data-map': '' })}
      />
      <FarPorts ports={ports} layout={layout} width={width} />
    </>
  );
}

/** Bare marks where the ports are: React Flow measures them, and edges keep their ends. */
function FarPorts({ ports, layout, width }: Pick<StepData, 'ports' | 'layout'> & { width: number }) {
  return (
    <>
      {ports.inputs.map((port, row) => (
        <FarPort key={`i:${port.name}`} side="input" port={port} at={portPoint('input', row, width)} />
      ))}
      {ports.outputs.map((port, row) => (
        <FarPort key={`o:${port.name}`} side="output" port={port} at={portPoint('output', row, width)} />
      ))}
      {layout !== null &&
        ports.innerOutputs.map((port, row) => (
          <FarPort key={`o:${port.name}`} side="output" port={port} at={innerPortPoint('output', row, layout)} />
        ))}
      {layout !== null &&
        ports.innerInputs.map((port, row) => (
          <FarPort key={`i:${port.name}`} side="input" port={port} at={innerPortPoint('input', row, layout)} />
        ))}
    </>
  );
}

function NearStep({ data, width = 208 }: NodeProps<StepNodeType>) {
  const { step, ports, body, layout, free, findings, within } = data;
  const { ui } = useBuilder();
  const machines = useMachines();
  const instance = useRun((run) => instanceOf(run.overlay, step.id, within));
  const change = useUi((state) => state.diff?.steps.get(step.id));
  const pin = usePin(step.id);
  const progress = useRun((run) => (layout === null ? undefined : run.overlay?.maps.get(step.id)));
  const lanes = useRun((run) =>
    within === null ? noLanes : (run.overlay?.maps.get(within)?.lanes.get(step.id) ?? noLanes),
  );
  const waitsFor = useRun((run) => (instance?.state === 'waiting' ? countOpen(run.overlay, data.after) : 0));
  const type = stepType(step.type);
  const look = stepLook({
    instance,
    map: progress,
    waitsFor,
    findings,
    placement: placementWords(step, type, machines),
    now: 0,
  });
  const machine = look.nodeId === null ? undefined : machines.get(look.nodeId);
  const block = blockColour(look, machine === undefined ? null : colourOf(machines, machine.id));
  const style = { '--block': block, ...(machine === undefined ? {} : machineColour(machine.colour)) } as CSSProperties;
  const rows = Math.max(ports.inputs.length, ports.outputs.length);
  const draw = (stream: TokenStream | null) => (
    <>
      <article
        className="flow-step"
        data-look={look.frame}
        data-change={change}
        style={style}
        aria-label={`${step.name}, ${look.words}`}
        {...(layout === null ? {} : { 'data-map': '' })}
      >
        <header className="flow-step-head">
          <span className="flow-step-type">
            <Icon of={iconNamed(type?.icon)} size={14} />
          </span>
          <span className="flow-step-name" title={step.name}>
            {step.name}
          </span>
          {pin !== undefined && (
            <span className="flow-pin" title="Its output is pinned: it is not executed">
              <Icon of={Pin} size={12} />
              <span className="sr-only">Pinned</span>
            </span>
          )}
          {change !== undefined && (
            <span className="flow-change" data-change={change}>
              {changeWords[change]}
            </span>
          )}
          {look.glyph !== null && change === undefined && <StateGlyph state={look.glyph} />}
        </header>
        {rows > 0 && (
          <div className="flow-ports" aria-hidden="true">
            {Array.from({ length: rows }, (_, row) => (
              <div key={`${ports.inputs[row]?.name}|${ports.outputs[row]?.name}`} className="flow-port-row">
                <span className="flow-port">{ports.inputs[row]?.title}</span>
                <span className="flow-port">{ports.outputs[row]?.title}</span>
              </div>
            ))}
          </div>
        )}
        {stream !== null ? (
          <TokenWell text={stream.text} running={instance?.state === 'running'} />
        ) : layout === null ? (
          <StepBody stepId={step.id} body={body} lanes={lanes} within={within} />
        ) : (
          <>
            <MapCells items={instance?.items} progress={progress} hint={type?.describe(step.config) ?? ''} />
            <Well layout={layout} stepId={step.id} empty={isEmptyMap(data)} />
          </>
        )}
        <footer className="flow-step-foot nodrag" data-tone={look.tone}>
          {machine !== undefined && <MachineChip {...machine} />}
          {instance === undefined && type?.executes === 'job' && findings.length === 0 ? (
            <button
              type="button"
              className="words"
              title="Where it may run"
              onClick={() => ui.setState({ tab: 'where', inspectorClosed: false })}
            >
              {look.words}
            </button>
          ) : (
            <span className="words" title={look.words}>
              {machine === undefined
                ? look.words
                : look.glyph === 'stopped'
                  ? `${machine.name}, stopped`
                  : machine.name}
            </span>
          )}
          {look.frame === 'failed' && within === null && <TryAgain />}
          {look.frame === 'failed' && instance?.jobId !== undefined && (
            <button type="button" className="link" onClick={() => ui.setState({ tab: 'log', inspectorClosed: false })}>
              See log
            </button>
          )}
          <StepEnd instance={instance} stream={stream} />
          <Thread kind={look.thread} items={instance?.items} progress={progress} />
        </footer>
      </article>
      {ports.inputs.map((port, row) => (
        <PortHandle
          key={`i:${port.name}`}
          step={step.id}
          side="input"
          port={port}
          at={portPoint('input', row, width)}
        />
      ))}
      {ports.outputs.map((port, row) => (
        <PortHandle
          key={`o:${port.name}`}
          step={step.id}
          side="output"
          port={port}
          at={portPoint('output', row, width)}
          free={free.has(`o:${port.name}`)}
        />
      ))}
      {layout !== null && <InnerPorts stepId={step.id} ports={ports} layout={layout} free={free} />}
    </>
  );
  if (body.kind !== 'stream' || instance?.jobId === undefined) return draw(null);
  return <WithTokens instance={{ ...instance, jobId: instance.jobId }}>{draw}</WithTokens>;
}

/** The time, or what has come, at the right of the foot. It moves by itself, so that the step need not be drawn again. */
function StepEnd({ instance, stream }: { instance: StepInstance | undefined; stream: TokenStream | null }) {
  const running = instance?.state === 'running';
  const now = useTick(running || instance?.state === 'ready');
  const words = running && stream !== null ? tokenWords(stream) : '';
  return <span className="end">{words === '' && instance !== undefined ? endOf(instance, now) : words}</span>;
}

/** Goes on with the run from the steps that failed, once it is over. */
function TryAgain() {
  const { run, readOnly } = useBuilder();
  const over = useRun((state) => state.overlay?.run.state === 'failed');
  const pending = useRun((state) => state.pending === 'resume');
  if (readOnly || !over) return null;
  return (
    <Button size="s" icon={RotateCw} pending={pending} onClick={() => void tryAgain(run)}>
      Try again
    </Button>
  );
}

interface WellProps {
  layout: MapLayout;
  stepId: string;
  empty: boolean;
}

/** Where the inner graph of a Map stands. The steps in it are nodes of their own, above. */
function Well({ layout, stepId, empty }: WellProps) {
  const target = useUi((ui) => ui.dropTarget === stepId);
  return (
    <div
      className="flow-well flow-body"
      style={{ minHeight: layout.wellSize.height }}
      {...(target ? { 'data-target': '' } : {})}
    >
      {empty && <span className="empty">Drop steps here. They run once for each item.</span>}
    </div>
  );
}

function InnerPorts({
  stepId,
  ports,
  layout,
  free,
}: {
  stepId: string;
  ports: StepPorts;
  layout: MapLayout;
  free: ReadonlySet<string>;
}) {
  return (
    <>
      {ports.innerOutputs.map((port, row) => (
        <PortHandle
          key={`o:${port.name}`}
          step={stepId}
          side="output"
          port={port}
          at={innerPortPoint('output', row, layout)}
          inner
          free={free.has(`o:${port.name}`)}
        />
      ))}
      {ports.innerInputs.map((port, row) => (
        <PortHandle
          key={`i:${port.name}`}
          step={stepId}
          side="input"
          port={port}
          at={innerPortPoint('input', row, layout)}
          inner
        />
      ))}
    </>
  );
}

const isEmptyMap = ({ layout, hasInner }: StepData): boolean => layout !== null && !hasInner;

/** The instance that a step shows: its own at the top, and inside a Map one that stands for all its items. */
export function instanceOf(
  overlay: RunOverlay | null,
  stepId: string,
  within: string | null,
): StepInstance | undefined {
  if (overlay === null) return undefined;
  const instance = within === null ? overlay.steps.get(stepId) : innerInstance(overlay, stepId, within);
  const over = isRunOver(overlay.run.state);
  return instance !== undefined && over && !isFinished(instance.state) ? stopped(instance) : instance;
}

/** A run that is over reaches no step any more, whatever was last heard of it. Cached, so that it stays the same. */
const stoppedOnes = new WeakMap<StepInstance, StepInstance>();

function stopped(instance: StepInstance): StepInstance {
  const known = stoppedOnes.get(instance) ?? { ...instance, state: 'cancelled' as const };
  stoppedOnes.set(instance, known);
  return known;
}

/** Inside a Map: running while items run in it, and as the Map itself stands before and after. Cached, so that it stays the same. */
const inner = new WeakMap<object, Map<string, StepInstance>>();

function innerInstance(overlay: RunOverlay, stepId: string, within: string): StepInstance | undefined {
  const map = overlay.steps.get(within);
  if (map === undefined) return undefined;
  const count = overlay.maps.get(within)?.lanes.get(stepId)?.length ?? 0;
  const known = inner.get(map) ?? new Map<string, StepInstance>();
  inner.set(map, known);
  const key = `${stepId}|${count}`;
  const instance = known.get(key) ?? summarise(map, stepId, count);
  known.set(key, instance);
  return instance;
}

function summarise(map: StepInstance, stepId: string, count: number): StepInstance {
  const { runId, path } = map;
  if (count > 0)
    return { runId, stepId, path, state: 'running', summary: count === 1 ? '1 at once' : `${count} at once` };
  if (map.state === 'running') return { runId, stepId, path, state: 'waiting' };
  if (map.state === 'succeeded')
    return { runId, stepId, path, state: 'succeeded', summary: `${formatPlural(map.items?.done ?? 0, 'item')} done` };
  return { runId, stepId, path, state: map.state, ...(map.state === 'failed' ? { state: 'cancelled' as const } : {}) };
}

const countOpen = (overlay: RunOverlay | null, after: readonly string[]): number =>
  after.filter((stepId) => {
    const state = overlay?.steps.get(stepId)?.state;
    return state === undefined || state === 'waiting' || state === 'ready' || state === 'running';
  }).length;
