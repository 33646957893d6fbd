import { useQueries, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { RunDetail, StepInstance } from '../../../shared/model/run.ts';
import { useApi } from '../../api/api.ts';
import { runFailedQuery, runQuery, runStepQuery, runWindowQuery } from '../../api/queries.ts';
import { useWorkspace } from '../../app/workspace.ts';
import { type ShownWindow, windowsOf } from './item-window.ts';
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
  /** Step instances inside Maps, by the id of the Map: those of its window. */
  inner: ReadonlyMap<string, readonly StepInstance[]>;
  /** The window that is shown of each Map. */
  windows: ReadonlyMap<string, ShownWindow>;
  /** Failed instances of Maps that are longer than their window, wherever they are. */
  failed: readonly StepInstance[];
  tried: readonly Tried[];
  /** Shows the items of a Map from this one on; null: where the work is. */
  show: (mapId: string, first: number | null) => void;
}

/** What happened inside the Maps of a run, a window of each, and which instances were tried more than once. */
export function useInside(detail: RunDetail): Inside {
  const [chosen, setChosen] = useState<ReadonlyMap<string, number>>(new Map());
  const shown = windowsOf(detail, chosen);
  const inner = useWindows(detail, shown);
  const failed = useFailed(detail, shown);
  const tried = useTried(detail, inner, failed);
  const key = JSON.stringify(shown);
  const windows = useMemo(
    () => new Map((JSON.parse(key) as ShownWindow[]).map((window) => [window.under, window])),
    [key],
  );
  return useMemo(() => {
    const show = (mapId: string, first: number | null) =>
      setChosen((before) => {
        const next = new Map(before);
        if (first === null) next.delete(mapId);
        else next.set(mapId, first);
        return next;
      });
    return { inner, windows, failed, tried, show };
  }, [inner, windows, failed, tried]);
}

function useWindows({ run }: RunDetail, shown: readonly ShownWindow[]): Inside['inner'] {
  const api = useApi();
  const lists = useQueries({
    queries: shown.map(({ total: _total, ...window }) => runWindowQuery(api, run.workspaceId, run.id, window)),
    combine: (results) => results.map((result) => result.data),
  });
  const ids = shown.map((window) => window.under).join();
  return useMemo(() => {
    const names = ids === '' ? [] : ids.split(',');
    return new Map(names.map((id, index) => [id, lists[index] ?? noSteps]));
  }, [ids, lists]);
}

const noSteps: readonly StepInstance[] = [];

function useFailed({ run, steps }: RunDetail, shown: readonly ShownWindow[]): readonly StepInstance[] {
  const api = useApi();
  const long = shown.filter(
    ({ under, total, items }) => total > items && (steps.find((step) => step.stepId === under)?.items?.failed ?? 0) > 0,
  );
  return useQueries({
    queries: long.map(({ under }) => runFailedQuery(api, run.id, under)),
    combine: (results) => results.flatMap(({ data }) => data ?? []),
  });
}

function useTried({ run, steps }: RunDetail, inner: Inside['inner'], failed: readonly StepInstance[]) {
  const api = useApi();
  const again = useMemo(() => {
    const all = new Map(
      [...steps, ...failed, ...[...inner.values()].flat()].map((step) => [`${step.stepId} ${step.path}`, step]),
    );
    return [...all.values()].filter((step) => (step.attempts ?? 1) > 1).slice(0, mostTried);
  }, [steps, inner, failed]);
  return useQueries({
    queries: again.map((step) => runStepQuery(api, run.id, step.stepId, step.path)),
    combine: (results) =>
      results.flatMap(({ data }): Tried[] =>
        data === undefined ? [] : [{ stepId: data.instance.stepId, path: data.instance.path, attempts: data.attempts }],
      ),
  });
}

/** "Read text in image" and "item 4" of an instance. */
export function instanceWords(detail: RunDetail, stepId: string, path: string): { step: string; item: string | null } {
  const step = detail.file.steps.find((one) => one.id === stepId)?.name ?? stepId;
  const items = [...path.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1]) + 1);
  return { step, item: items.length === 0 ? null : `item ${items.join(', ')}` };
}

/** The name of a step of the run, also where it was removed from its file. */
export const stepName = (detail: Pick<RunDetail, 'file'>, stepId: string): string =>
  detail.file.steps.find((one) => one.id === stepId)?.name ?? stepId;
