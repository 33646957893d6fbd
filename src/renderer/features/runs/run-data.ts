import { useQueries, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { RunDetail, StepInstance } from '../../../shared/model/run.ts';
import { useApi } from '../../api/api.ts';
import { runQuery, runStepQuery, runStepsQuery } from '../../api/queries.ts';
import { useWorkspace } from '../../app/workspace.ts';
import type { Tried } from './timeline.ts';

/** Attempts are read for at most this many instances that were tried again. */
const mostTried = 24;

/** The run, live. */
export function useRun(runId: string) {
  const api = useApi();
  const { id: workspaceId } = useWorkspace();
  const run = useQuery(runQuery(api, workspaceId, runId));
  const here = run.isSuccess;
  useEffect(() => (here ? api.feed.followRun(workspaceId, runId) : undefined), [api, here, workspaceId, runId]);
  return run;
}

export interface Inside {
  /** Step instances inside Maps, by the id of the Map. */
  inner: ReadonlyMap<string, readonly StepInstance[]>;
  tried: readonly Tried[];
}

/** What happened inside the Maps of a run, and which instances were tried more than once. */
export function useInside(detail: RunDetail): Inside {
  const api = useApi();
  const { run, file, steps } = detail;
  const mapIds = useMemo(() => [...new Set(file.steps.flatMap((step) => step.parent ?? []))], [file]);
  const begun = mapIds.filter((id) => steps.some((step) => step.stepId === id && step.items !== undefined));
  const lists = useQueries({
    queries: begun.map((id) => runStepsQuery(api, run.workspaceId, run.id, id)),
    combine: (results) => results.map((result) => result.data),
  });
  const inner = useMemo(() => new Map(begun.map((id, index) => [id, lists[index] ?? []])), [begun, lists]);
  const again = useMemo(
    () => [...steps, ...[...inner.values()].flat()].filter((step) => (step.attempts ?? 1) > 1).slice(0, mostTried),
    [steps, inner],
  );
  const tried = useQueries({
    queries: again.map((step) => runStepQuery(api, run.id, step.stepId, step.path)),
    combine: (results) =>
      results.flatMap(({ data }) =>
        data === undefined ? [] : [{ stepId: data.instance.stepId, path: data.instance.path, attempts: data.attempts }],
      ),
  });
  return useMemo(() => ({ inner, tried }), [inner, tried]);
}

/** "Read text in image" and "item 4" of an instance. */
export function instanceWords(detail: RunDetail, stepId: string, path: string): { step: string; item: string | null } {
  const step = detail.file.steps.find((one) => one.id === stepId)?.name ?? stepId;
  const items = [...path.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1]) + 1);
  return { step, item: items.length === 0 ? null : `item ${items.join(', ')}` };
}
