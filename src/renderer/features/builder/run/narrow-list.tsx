import { dependenciesOf, type FlowGraph, orderOf } from '../../../../shared/flows/graph.ts';
import { stepType } from '../../../../shared/flows/registry.ts';
import type { FlowStep } from '../../../../shared/model/flow.ts';
import { Icon } from '../../../ui/icon.tsx';
import { MachineName, machineColour } from '../../../ui/machine-chip.tsx';
import { StateGlyph } from '../../../ui/state-glyph.tsx';
import { AskBody } from '../canvas/ask-body.tsx';
import { instanceOf } from '../canvas/step-node.tsx';
import { MapCells } from '../canvas/step-parts.tsx';
import { TokenWell, tokenWords, WithTokens } from '../canvas/token-well.tsx';
import { useTick } from '../canvas/use-tick.ts';
import { useFlow, useRun } from '../model/builder.ts';
import { iconNamed } from '../model/icons.ts';
import { useMachines } from '../model/machines-context.ts';
import { placementWords } from '../model/placement-words.ts';
import { graphOf } from '../model/ports.ts';
import { failureWords } from './run-drawing.ts';
import { stepLook } from './step-look.ts';

/** Below 720 px: the steps in their order, to watch and to stop. */
export function NarrowList() {
  const graph = useFlow(graphOf);
  return (
    <ul className="flow-narrow">
      {inOrder(graph).map(({ step, within }) => (
        <Row key={step.id} step={step} within={within} />
      ))}
    </ul>
  );
}

/** The steps as they come after one another, what stands in a Map behind it. */
export function inOrder(graph: FlowGraph): { step: FlowStep; within: string | null }[] {
  const dependencies = dependenciesOf(graph);
  const list = (scope: string, within: string | null): { step: FlowStep; within: string | null }[] => {
    const { order, circle } = orderOf(graph, scope, dependencies.get(scope) ?? []);
    return [...new Set([...order, ...circle])].flatMap((id) => {
      const step = graph.steps.get(id)?.step;
      if (step === undefined) return [];
      const inner = graph.scopes.has(id) ? list(id, within ?? id) : [];
      return [{ step, within }, ...inner];
    });
  };
  return list('', null);
}

function Row({ step, within }: { step: FlowStep; within: string | null }) {
  const machines = useMachines();
  const type = stepType(step.type);
  const instance = useRun((run) => instanceOf(run.overlay, step.id, within));
  const progress = useRun((run) => run.overlay?.maps.get(step.id));
  const now = useTick(instance?.state === 'running');
  const look = stepLook({
    instance,
    map: progress,
    waitsFor: 0,
    findings: [],
    placement: placementWords(step, type, machines),
    now,
  });
  const machine = machines.get(look.nodeId ?? '');
  return (
    <li
      data-look={look.frame}
      data-depth={within === null ? 0 : 1}
      style={machine === undefined ? {} : machineColour(machine.colour)}
    >
      <div className="row gap-2">
        <Icon of={iconNamed(type?.icon)} size={14} className="text-ink-3" />
        <b className="cut">{step.name}</b>
        <span className="ml-auto">{look.glyph !== null && <StateGlyph state={look.glyph} />}</span>
      </div>
      {instance?.items !== undefined && <MapCells items={instance.items} progress={progress} hint="" />}
      {type?.streams === true && within === null && instance?.state === 'running' && instance.jobId !== undefined && (
        <WithTokens instance={{ ...instance, jobId: instance.jobId }}>
          {(stream) => (
            <>
              <TokenWell text={stream.text} running />
              <p className="text-12 text-ink-3">{tokenWords(stream)}</p>
            </>
          )}
        </WithTokens>
      )}
      {instance?.state === 'awaiting_approval' && within === null && <AskBody stepId={step.id} />}
      {instance?.state === 'failed' && <p className="mt-1 text-12">{failureWords(instance.error)}</p>}
      <div className="mt-1 row gap-2 text-12 text-ink-2">
        {machine === undefined ? <span className="cut">{look.words}</span> : <MachineName {...machine} />}
        <span className="ml-auto text-ink-3">{look.end}</span>
      </div>
    </li>
  );
}
