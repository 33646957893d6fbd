/** Calls of webhooks: who knows a live address starts a run. */
import { AppError } from '../../shared/errors.ts';
import { isRunOver } from '../../shared/model/run.ts';
import { patch } from '../store/store.ts';
import { flowTriggers, type TriggerStepRow, triggerSteps } from '../store/tables.ts';
import { hashSecret } from '../workspaces/secrets.ts';
import { isSigned, readHookBody, shownHeaders } from './hook-body.ts';
import { type HookMethod, isHere, type TriggerStep, triggerStepsOf, webhookOf } from './trigger-steps.ts';
import type { TriggerDeps } from './triggers.ts';

export interface HookCall {
  readonly method: HookMethod;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly query: unknown;
  /** Read once the address is known to be live. Rejects `body_too_large`. */
  body(): Promise<Uint8Array>;
}

/** What the caller is told: that the run has been started, or what it gave. */
export interface HookAnswer {
  readonly status: 200 | 202;
  readonly body: unknown;
}

/** One address may be called so often within a minute. */
const mostPerMinute = 600;
const mostCounted = 10_000;

type Deps = TriggerDeps & { report(flowId: string, error: unknown): Promise<void> };

export function createHooks(deps: Deps): { call(token: string, call: HookCall): Promise<HookAnswer> } {
  const { store, flows, runs, clock } = deps;
  const isTooOften = createCounter(() => clock.now());

  /** The step behind a token; null for every reason why it is not live. */
  const find = async (token: string, method: HookMethod) => {
    const [row] = await store.list(triggerSteps, { where: { hash: hashSecret(token) }, limit: 1 });
    const flow = row === undefined ? null : await store.get(flowTriggers, { flowId: row.flowId });
    if (row?.live !== true || flow?.enabled !== true || flow.versionId === null) return null;
    if (!(await isHere(store, row.flowId))) return null;
    const frozen = await flows.versionFile(row.flowId, flow.versionId);
    const step = triggerStepsOf(frozen.file).find(({ id }) => id === row.stepId);
    if (step?.kind !== 'webhook' || webhookOf(step).method !== method) return null;
    return { row, step, workspaceId: flow.workspaceId, ...frozen };
  };

  const checkSignature = async (workspaceId: string, step: TriggerStep, call: HookCall, body: Uint8Array) => {
    const { secret, header } = webhookOf(step);
    if (secret === '') return;
    const value = await deps.secret(workspaceId, secret);
    if (value === null || !isSigned(call.headers[header], value, body)) throw new AppError('hook_signature_wrong');
  };

  const answer = async (runId: string, waitMs: number | null): Promise<HookAnswer> => {
    const ended = waitMs === null ? null : await runs.ended(runId, waitMs);
    if (ended === null || !isRunOver(ended.run.state)) return { status: 202, body: { runId } };
    if (ended.run.state !== 'succeeded') throw new AppError('run_failed', `Run ${ended.run.number} did not succeed`);
    return { status: 200, body: { runId, outputs: ended.outputs } };
  };

  return {
    async call(token, call) {
      const found = await find(token, call.method);
      if (found === null) throw new AppError('not_found');
      const { row, step, workspaceId, version, file } = found;
      if (isTooOften(row.hash ?? '')) throw new AppError('too_many_requests');
      const bytes = await call.body();
      await checkSignature(workspaceId, step, call, bytes);
      const { header, waitMs } = webhookOf(step);
      const contentType = [call.headers['content-type']].flat()[0];
      const given = {
        body: readHookBody(contentType, bytes),
        headers: shownHeaders(call.headers, header),
        query: call.query,
      };
      const { flowId, stepId } = row;
      try {
        const run = await runs.start({
          ...{ workspaceId, flowId, version, file, inputs: {}, startedBy: step.name },
          trigger: { kind: 'webhook', stepId },
          given: { [stepId]: given },
          alongside: [called(row, clock.now())],
        });
        await deps.report(flowId, null);
        return await answer(run.id, waitMs);
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'run_failed')) await deps.report(flowId, error);
        throw error;
      }
    },
  };
}

function called({ flowId, stepId }: TriggerStepRow, lastAt: number) {
  return patch(triggerSteps, { flowId, stepId }, { lastAt });
}

/** Counts calls by name within the running minute. */
function createCounter(now: () => number): (name: string) => boolean {
  let minute = 0;
  const counts = new Map<string, number>();
  return (name) => {
    const current = Math.floor(now() / 60_000);
    if (current !== minute || counts.size > mostCounted) counts.clear();
    minute = current;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count > mostPerMinute;
  };
}
