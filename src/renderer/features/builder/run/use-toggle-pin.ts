import { useCallback } from 'react';
import { useApi } from '../../../api/api.ts';
import { runStepQuery } from '../../../api/queries.ts';
import { toast } from '../../../ui/toasts.tsx';
import { useBuilder } from '../model/builder.ts';
import { sayWhy } from './use-start-run.ts';

/** Pins what a step gave in the shown run, whole, or takes its pin away. */
export function useTogglePin(): (stepId: string) => void {
  const { run, pins } = useBuilder();
  const api = useApi();
  return useCallback(
    (stepId) => {
      if (pins.state.getState()[stepId] !== undefined) return pins.unpin(stepId);
      const runId = run.state.getState().overlay?.run.id;
      if (runId === undefined) return;
      void api.cache
        .fetchQuery(runStepQuery(api, runId, stepId, ''))
        .then(({ outputs, cut }) => {
          // What the host cut for display is not what the step gave.
          if (cut.length > 0) toast({ sign: 'look', text: 'This output is too large to pin.' });
          else pins.pin(stepId, outputs);
        })
        .catch(sayWhy);
    },
    [run, pins, api],
  );
}
