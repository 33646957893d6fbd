import { useMutation, useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useEffect } from 'react';
import type { FlowStep } from '../../../../shared/model/flow.ts';
import type { StepDetail, StepInstance } from '../../../../shared/model/run.ts';
import { useApi } from '../../../api/api.ts';
import { errorWords } from '../../../api/error-words.ts';
import { runStepQuery } from '../../../api/queries.ts';
import { saveAs } from '../../../api/save-as.ts';
import { AgentCalls } from '../../../app/agent-calls.tsx';
import { ValueWithTools } from '../../../app/value/value-tools.tsx';
import { Button } from '../../../ui/button.tsx';
import { ErrorPanel } from '../../../ui/error-state.tsx';
import { MachineName } from '../../../ui/machine-chip.tsx';
import { Notice } from '../../../ui/notice.tsx';
import { formatDuration, formatExactTime } from '../../../ui/numbers.ts';
import { Select } from '../../../ui/select.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { StateGlyph } from '../../../ui/state-glyph.tsx';
import { glyphOfStep } from '../../../ui/states.ts';
import { toast } from '../../../ui/toasts.tsx';
import { useTick } from '../canvas/use-tick.ts';
import { useBuilder, useFlow, useRun, useUi } from '../model/builder.ts';
import { itemName, itemNames } from '../model/item-names.ts';
import { useMachines } from '../model/machines-context.ts';
import { graphOf, stepPorts } from '../model/ports.ts';
import { isFinished, outerItem } from '../run/overlay.ts';
import { failureWords } from '../run/run-drawing.ts';
import { LogPanel } from './log-panel.tsx';
import { PinEditor } from './pin-editor.tsx';

interface RunPanelProps {
  step: FlowStep;
  part: 'input' | 'output' | 'log';
}

/** What went into a step of the shown run, what came out, what it wrote. Inside a Map, of one item at a time. */
export function RunPanel({ step, part }: RunPanelProps) {
  const outer = useFlow((view) => outermost(view.steps, step));
  const runId = useRun((run) => run.overlay?.run.id);
  const instances = useRun((run) => (outer === null ? undefined : run.overlay?.maps.get(outer)));
  const top = useRun((run) => run.overlay?.steps.get(step.id));
  const item = useUi((ui) => ui.item);
  const inside = outer === null ? [] : instancesOf(instances?.items ?? [], step.id);
  const instance =
    outer === null
      ? top
      : (inside.find((one) => one.path === item) ?? inside.find((one) => one.state === 'failed') ?? inside[0]);
  if (runId === undefined) return null;
  if (instance === undefined || instance.state === 'waiting') {
    return <p className="text-12 text-ink-3">This step has not started in this run.</p>;
  }
  return (
    <>
      {outer !== null && <ItemChoice items={inside} shown={instance} map={outer} />}
      <Facts instance={instance} />
      {part === 'log' ? (
        <Told step={step} instance={instance} />
      ) : (
        <Values runId={runId} step={step} instance={instance} part={part} />
      )}
    </>
  );
}

function outermost(steps: ReadonlyMap<string, FlowStep>, step: FlowStep): string | null {
  let outer: string | null = null;
  for (let at = step.parent; at !== undefined; at = steps.get(at)?.parent) outer = at;
  return outer;
}

const mostChoices = 500;

function instancesOf(
  items: readonly (ReadonlyMap<string, StepInstance> | undefined)[],
  stepId: string,
): StepInstance[] {
  const found: StepInstance[] = [];
  for (const item of items) {
    for (const instance of item?.values() ?? []) if (instance.stepId === stepId) found.push(instance);
    if (found.length >= mostChoices) break;
  }
  return found;
}

function ItemChoice({ items, shown, map }: { items: readonly StepInstance[]; shown: StepInstance; map: string }) {
  const { ui } = useBuilder();
  const names = useFlow((view) => itemNames(graphOf(view), map));
  const options = items.map((one) => ({
    value: one.path,
    label: itemName(names, outerItem(one.path)?.index ?? 0),
    lead: <StateGlyph state={glyphOfStep[one.state]} />,
    ...(one.summary === undefined ? {} : { note: one.summary }),
  }));
  return <Select label="Item" value={shown.path} options={options} onChange={(path) => ui.setState({ item: path })} />;
}

/** How it went: node, time, tries; and in words when it failed. */
function Facts({ instance }: { instance: StepInstance }) {
  const machines = useMachines();
  const machine = machines.get(instance.nodeId ?? '');
  const running = instance.state === 'running';
  const now = useTick(running);
  const took = instance.startedAt === undefined ? null : (instance.finishedAt ?? now) - instance.startedAt;
  return (
    <>
      <div className="flow-facts">
        <StateGlyph state={glyphOfStep[instance.state]} />
        {machine === undefined ? <span>On the host</span> : <MachineName {...machine} />}
        <span
          className="end"
          title={instance.startedAt === undefined ? undefined : formatExactTime(instance.startedAt)}
        >
          {took === null ? '' : formatDuration(Math.max(0, took))}
          {(instance.attempts ?? 1) > 1 && `, try ${instance.attempts}`}
        </span>
      </div>
      {instance.error !== undefined && <Notice tone="fail">{failureWords(instance.error)}</Notice>}
    </>
  );
}

interface ValuesProps {
  runId: string;
  step: FlowStep;
  instance: StepInstance;
  part: 'input' | 'output';
}

/** What a step wrote while it worked; of an agent, everything that it did. */
const Told = ({ step, instance }: { step: FlowStep; instance: StepInstance }) =>
  step.type === 'agent' && instance.jobId !== undefined ? (
    <AgentCalls jobId={instance.jobId} />
  ) : (
    <Log instance={instance} />
  );

function Values({ runId, step, instance, part }: ValuesProps) {
  const detail = useQuery({ ...runStepQuery(useApi(), runId, instance.stepId, instance.path), retry: 1 });
  const graph = useFlow(graphOf);
  const { data, isFetching, refetch } = detail;
  const late = data !== undefined && !isFetching && isFinished(instance.state) && !isFinished(data.instance.state);
  // An answer that was under way when the step finished tells of before.
  useEffect(() => {
    if (late) void refetch();
  }, [late, refetch]);
  if (detail.isPending) return <Skeleton width="100%" height={96} />;
  if (detail.isError) {
    return (
      <ErrorPanel
        title="The values could not be loaded"
        onRetry={() => void detail.refetch()}
        retrying={detail.isFetching}
      >
        {errorWords(detail.error).what}
      </ErrorPanel>
    );
  }
  const ports = stepPorts(graph, instance.stepId);
  const titles = new Map([...ports.inputs, ...ports.outputs].map((port) => [port.name, port.title]));
  const values = Object.entries(valuesOf(detail.data, part));
  const whole = detail.data.cut.length === 0 && values.length > 0;
  return (
    <>
      {values.length === 0 && <p className="text-12 text-ink-3">{emptyWords(instance, part)}</p>}
      {values.map(([name, value]) => (
        <section key={name} className="flex min-w-0 flex-col gap-1.5">
          <h2 className="ui-label">
            {titles.get(name) ?? name}
            {detail.data.cut.includes(name) && (
              <span className="ml-auto row gap-2 font-text text-ink-3">
                the beginning
                {part === 'output' && <Whole step={step} instance={instance} port={name} />}
              </span>
            )}
          </h2>
          <ValueWithTools value={value} name={`${step.name} ${name}`} />
        </section>
      ))}
      {part === 'output' && <PinEditor step={step} gave={whole ? detail.data.outputs : null} />}
    </>
  );
}

/** Where only the beginning of a value is shown, all of it is to be had as a file. */
function Whole({ step, instance, port }: { step: FlowStep; instance: StepInstance; port: string }) {
  const { client } = useApi().host;
  const { runId, stepId, path } = instance;
  const download = useMutation({
    mutationFn: () => client.download('getRunValue', { params: { id: runId }, query: { port, stepId, path } }),
    onSuccess: (content) => saveAs(content, `${step.name} ${port}.json`),
    onError: (error) => toast({ sign: 'failed', text: errorWords(error).what }),
  });
  return (
    <Button size="s" icon={Download} pending={download.isPending} onClick={() => download.mutate()}>
      All of it
    </Button>
  );
}

function valuesOf(detail: StepDetail, part: 'input' | 'output'): Record<string, unknown> {
  return part === 'input' ? detail.inputs : detail.outputs;
}

function emptyWords({ state }: StepInstance, part: 'input' | 'output'): string {
  if (part === 'input') return 'Nothing goes into this step.';
  return isFinished(state) ? 'It gave nothing.' : 'Nothing yet.';
}

function Log({ instance }: { instance: StepInstance }) {
  if (instance.jobId === undefined) {
    return <p className="text-12 text-ink-3">It runs on the host and writes no log.</p>;
  }
  return <LogPanel jobId={instance.jobId} running={instance.state === 'running'} />;
}
