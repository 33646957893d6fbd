/** What an answer of a model cost: written in the commit that ends its job, so that neither is there without the other. */
import { Check } from 'typebox/value';
import { type InferenceInput, TokenUsage } from '../../shared/model/inference.ts';
import { costOf } from '../../shared/model/usage.ts';
import type { HostWorld } from '../host-executors/desk.ts';
import type { ActiveJob } from '../jobs/record.ts';
import { type Change, put, type Store } from '../store/store.ts';
import { runs, type UsageEventRow, usageEvents } from '../store/tables.ts';
import type { WorkspaceSettings } from './workspace-settings.ts';

/** Kinds of job whose results tell what they used. */
const counted = new Set(['provider', 'inference']);

/** For the engine: null for jobs that used no model, which are nearly all; they cost nothing. */
export function createUsageWriter(deps: {
  store: Store;
  settings: Pick<WorkspaceSettings, 'prices'>;
  askedBy: HostWorld['askedBy'];
}): (ended: readonly ActiveJob[]) => Promise<readonly Change[]> | null {
  const eventOf = async (job: ActiveJob): Promise<Change[]> => {
    const answer = job.result as { usage?: unknown; model?: unknown; ms?: unknown } | null;
    const usage: unknown = answer?.usage;
    if (!Check(TokenUsage, usage)) return [];
    const { id, workspaceId, input, origin, runId, submittedBy } = job.row;
    const asked = (input ?? {}) as Partial<InferenceInput>;
    const model = typeof answer?.model === 'string' ? answer.model : (asked.model ?? '');
    const [run, member, prices] = await Promise.all([
      runId === null ? null : deps.store.get(runs, { id: runId }),
      deps.askedBy({ submittedBy, runId }),
      deps.settings.prices(workspaceId),
    ]);
    // A provider may answer with the name of a dated version; a price may be given for either.
    const cost = costOf(prices, model, usage) ?? costOf(prices, asked.model ?? model, usage);
    const row: UsageEventRow = {
      id,
      workspaceId,
      at: job.life.finishedAt ?? 0,
      member,
      flowId: run?.flowId ?? null,
      runId,
      stepId: origin?.stepId ?? null,
      nodeId: job.life.nodeId,
      keyId: asked.keyId ?? null,
      model,
      task: asked.task ?? 'chat',
      inputTokens: usage.inputTokens,
      outputTokens: usage.outputTokens,
      estimated: usage.estimated ?? false,
      ms: typeof answer?.ms === 'number' ? Math.round(answer.ms) : 0,
      cost,
      currency: cost === null ? null : prices.currency,
    };
    return [put(usageEvents, row)];
  };
  return (ended) => {
    const spent = ended.filter(({ row, life }) => counted.has(row.kind) && life.state === 'succeeded');
    return spent.length === 0 ? null : Promise.all(spent.map(eventOf)).then((changes) => changes.flat());
  };
}
