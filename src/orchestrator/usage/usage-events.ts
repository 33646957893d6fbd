/** What an answer of a model cost: written in the commit that ends its job, so that neither is there without the other. */
import { Check } from 'typebox/value';
import type { Clock } from '../../shared/clock.ts';
import { type InferenceInput, TokenUsage } from '../../shared/model/inference.ts';
import { costOf } from '../../shared/model/usage.ts';
import type { HostWorld } from '../host-executors/desk.ts';
import { hostNodeId } from '../host-executors/host-executor.ts';
import type { ActiveJob } from '../jobs/record.ts';
import { type Change, put, type Store } from '../store/store.ts';
import { type JobRow, runs, type UsageEventRow, usageEvents } from '../store/tables.ts';
import type { WorkspaceSettings } from './workspace-settings.ts';

/** Kinds of job whose results tell what they used. */
const counted = new Set(['provider', 'inference']);

export interface UsageWriter {
  /** For the engine: null for jobs that used no model, which are nearly all; they cost nothing. */
  alongside(ended: readonly ActiveJob[]): Promise<readonly Change[]> | null;
  /** An attempt without a result: an event of its own, told twice still one. */
  spent: HostWorld['spent'];
}

export function createUsageWriter(deps: {
  store: Store;
  clock: Clock;
  settings: Pick<WorkspaceSettings, 'prices'>;
  askedBy: HostWorld['askedBy'];
}): UsageWriter {
  const eventOf = async (job: ActiveJob): Promise<Change[]> => {
    const answer = job.result as { usage?: unknown; model?: unknown; ms?: unknown } | null;
    const usage: unknown = answer?.usage;
    if (!Check(TokenUsage, usage)) return [];
    const { row, life } = job;
    const ms = typeof answer?.ms === 'number' ? answer.ms : 0;
    const model = typeof answer?.model === 'string' ? answer.model : '';
    return [await change(row, { id: row.id, at: life.finishedAt ?? 0, nodeId: life.nodeId, model, usage, ms })];
  };
  const change = async (job: JobRow, spent: Spent): Promise<Change> => {
    const { workspaceId, input, origin, runId, submittedBy } = job;
    const asked = (input ?? {}) as Partial<InferenceInput>;
    const { id, at, nodeId, usage, ms } = spent;
    const model = spent.model === '' ? (asked.model ?? '') : spent.model;
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
      at,
      member,
      flowId: run?.flowId ?? null,
      runId,
      stepId: origin?.stepId ?? null,
      nodeId,
      keyId: asked.keyId ?? null,
      model,
      task: asked.task ?? 'chat',
      inputTokens: usage.inputTokens,
      outputTokens: usage.outputTokens,
      estimated: usage.estimated ?? false,
      ms: Math.round(ms),
      cost,
      currency: cost === null ? null : prices.currency,
    };
    return put(usageEvents, row);
  };
  return {
    alongside(ended) {
      const spent = ended.filter(({ row, life }) => counted.has(row.kind) && life.state === 'succeeded');
      return spent.length === 0 ? null : Promise.all(spent.map(eventOf)).then((changes) => changes.flat());
    },
    async spent(job, attempt, what) {
      const at = deps.clock.now();
      await deps.store.commit([await change(job, { id: `${job.id}.${attempt}`, at, nodeId: hostNodeId, ...what })]);
    },
  };
}

interface Spent {
  id: string;
  at: number;
  nodeId: string | null;
  model: string;
  usage: TokenUsage;
  ms: number;
}
