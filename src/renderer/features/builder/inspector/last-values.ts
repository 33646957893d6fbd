import { useInfiniteQuery, useQueries } from '@tanstack/react-query';
import type { FlowGraph } from '../../../../shared/flows/graph.ts';
import { useApi } from '../../../api/api.ts';
import { runStepQuery, runsQuery } from '../../../api/queries.ts';
import { useWorkspace } from '../../../app/workspace.ts';
import { useBuilder, useFlow, useRun } from '../model/builder.ts';
import { graphOf } from '../model/ports.ts';
import { exampleOf } from './template-names.ts';

/** Where the value of a name lies in a run: the output of a step, or an input of the step itself. */
interface Source {
  step: string;
  port: string;
  side: 'outputs' | 'inputs';
}

/** Where a template's name comes from; null for what has another value for each item of a Map. */
export function sourceOf(graph: FlowGraph, stepId: string, name: string): Source | null {
  const [first = '', second = '', third = ''] = name.split('.');
  const own = graph.steps.get(stepId);
  const at = (step: string | undefined, port: string, side: Source['side']): Source | null =>
    step === undefined || graph.steps.get(step)?.scope !== '' ? null : { step, port, side };
  if (first === 'steps') return at(second, third, 'outputs');
  if (first === 'inputs') return at(graph.inputs.get(second)?.id, 'value', 'outputs');
  return own?.ports.inputs.some((port) => port.name === first) === true ? at(stepId, first, 'inputs') : null;
}

/** What names were in the run that is shown, or in the flow's last, in short. Asked for step by step, and only once. */
export function useLastValues(stepId: string, names: readonly string[]): ReadonlyMap<string, string> {
  const api = useApi();
  const runId = useRunId();
  const graph = useFlow(graphOf);
  const sources = new Map(
    names.flatMap((name) => {
      const source = sourceOf(graph, stepId, name);
      return source === null ? [] : [[name, source] as const];
    }),
  );
  const steps = [...new Set([...sources.values()].map(({ step }) => step))];
  const details = useQueries({
    queries: steps.map((step) => ({
      ...runStepQuery(api, runId ?? '', step, ''),
      enabled: runId !== null,
      retry: false,
    })),
  });
  const byStep = new Map(steps.map((step, index) => [step, details[index]?.data]));
  return new Map(
    [...sources].flatMap(([name, { step, port, side }]) => {
      const example = exampleOf(byStep.get(step)?.[side][port]);
      return example === null ? [] : [[name, example] as const];
    }),
  );
}

/** The run that is shown, else the last of this flow; null before the first. */
function useRunId(): string | null {
  const { flowId } = useBuilder();
  const shown = useRun((run) => run.overlay?.run.id ?? null);
  const { data } = useInfiniteQuery(runsQuery(useApi(), useWorkspace().id, { flowId }));
  return shown ?? data?.pages[0]?.items[0]?.id ?? null;
}
