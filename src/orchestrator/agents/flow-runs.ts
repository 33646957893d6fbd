/** Flows of the workspace as tools: what they are called with, and runs of them below the agent's own. */
import { createHash } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import type { Values } from '../../shared/flows/step-type.ts';
import { runName } from '../../shared/flows/steps/input.ts';
import type { FlowFile } from '../../shared/model/flow.ts';
import type { ToolOffer } from '../../shared/model/inference.ts';
import type { StepError } from '../../shared/model/run.ts';
import { type HostContext, HostFault } from '../host-executors/host-executor.ts';
import type { FlowService, RunService } from '../services.ts';

export type FlowEnding =
  | { readonly by: 'run'; readonly outputs: Values }
  | { readonly by: 'failure'; readonly error: StepError };

export interface FlowRuns {
  /** Null where the workspace has no such flow. */
  look(workspaceId: string, flowId: string): Promise<{ name: string; parameters: ToolOffer['parameters'] } | null>;
  /** Resolves when the run has ended. Rejects with the reason of the signal, and cancels it. */
  run(
    context: HostContext,
    what: { part: string; flowId: string; inputs: Values; onRun(runId: string): void },
  ): Promise<{ ending: FlowEnding; earlier: boolean }>;
}

export interface FlowRunsDeps {
  runs(): Pick<RunService, 'below' | 'cancel'>;
  flows(): Pick<FlowService, 'file' | 'summary'>;
  workspaceOf(flowId: string): Promise<string | null>;
}

export function createFlowRuns({ runs, flows, workspaceOf }: FlowRunsDeps): FlowRuns {
  return {
    async look(workspaceId, flowId) {
      if ((await workspaceOf(flowId)) !== workspaceId) return null;
      const file = await flows().file(flowId);
      return { name: file.name, parameters: parametersOf(file) };
    },
    async run(context, { part, flowId, inputs, onRun }) {
      const { origin, jobId, signal } = context;
      if (origin === null) throw new HostFault('input_wrong', 'An agent is a step of a flow.');
      const id = runIdOf(jobId, part);
      onRun(id);
      const giveUp = () => {
        // The next start of the host goes on with it.
        if (signal.reason instanceof HostFault && signal.reason.code === 'host_stopping') return;
        runs()
          .cancel(id)
          .catch(() => undefined);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      try {
        signal.throwIfAborted();
        const { runId, stepId, path } = origin;
        const below = { id, flowId, inputs, parent: { runId, stepId, path, jobId } };
        const ended = await runs().below(below, signal);
        if (ended === null) throw new HostFault('host_stopping', 'The host stops', 'node');
        return ended;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        // The agent waits for room as everything does, and finds again what it has done so far.
        if (error.code === 'disk_full') throw new HostFault('disk_full', error.message, 'node');
        return { ending: { by: 'failure', error: { code: error.code, message: error.message } }, earlier: false };
      } finally {
        signal.removeEventListener('abort', giveUp);
      }
    },
  };
}

/** The same for the same call in each attempt, so that no run is started twice; it stands in lists at the time of its agent. */
function runIdOf(jobId: string, part: string): string {
  const mark = createHash('sha256').update(`${jobId} ${part}`).digest('hex').slice(0, 8);
  return `run-${jobId.replace(/^[a-z]+-/, '')}${mark}`;
}

const jsonTypes: Readonly<Record<string, object>> = {
  text: { type: 'string' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  'list<text>': { type: 'array', items: { type: 'string' } },
  'list<number>': { type: 'array', items: { type: 'number' } },
  'list<json>': { type: 'array' },
};

/** One argument for each Input; those that have a value in the flow may be left out. */
function parametersOf(file: FlowFile): ToolOffer['parameters'] {
  const inputs = file.steps.filter((step) => step.type === 'input' && step.parent === undefined);
  const needed = inputs.filter(({ config }) => config['value'] === undefined || config['value'] === '');
  const properties = inputs.map((step) => [
    runName(step),
    { ...(jsonTypes[String(step.config['type'] ?? 'text')] ?? {}), description: step.name },
  ]);
  return { type: 'object', properties: Object.fromEntries(properties), required: needed.map(runName) };
}
