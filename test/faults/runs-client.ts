/** A program that starts runs, each with a key, decides what they ask, and remembers what it was shown of them. */
import { AppError } from '../../src/shared/errors.ts';
import { waitFor } from '../harness/processes.ts';
import type { Cluster } from './cluster.ts';
import { askedStep, faultFlow, flowBelow, scheduledFlow } from './flow.ts';
import type { Work } from './work.ts';

export interface Flows {
  /** What the runs of the work are of. */
  readonly main: string;
  /** What a schedule starts. */
  readonly scheduled: string;
}

/** Asks until it is answered; throws what the host refuses for good. */
export type Insist = <Answer>(ask: () => Promise<Answer>) => Promise<Answer>;

export interface RunsClient {
  /** By key, every run that was ever answered for it. */
  readonly started: ReadonlyMap<string, ReadonlySet<string>>;
  /** By run, step and path: the outputs of a finished step, each time they were looked at, as JSON. */
  readonly seen: ReadonlyMap<string, ReadonlySet<string>>;
  /** Starts it twice, as a client does that did not get the answer, and decides what it asks. */
  start(run: Work['runs'][number], insist: Insist): Promise<void>;
  /** Looks at every run once. */
  look(): Promise<void>;
}

export async function makeFlows(cluster: Cluster): Promise<Flows> {
  const params = { id: cluster.workspaceId };
  const make = (file: ReturnType<typeof faultFlow>) => cluster.direct().call('createFlow', { params, body: { file } });
  const below = await make(flowBelow);
  const [main, scheduled] = await Promise.all([make(faultFlow(below.id)), make(scheduledFlow)]);
  await cluster.direct().call('setTriggers', { params: { id: scheduled.id }, body: { enabled: true } });
  return { main: main.id, scheduled: scheduled.id };
}

export function createRunsClient(cluster: Cluster, flows: Flows): RunsClient {
  const started = new Map<string, Set<string>>();
  const seen = new Map<string, Set<string>>();

  const startOnce = async ({ key, list }: Work['runs'][number], insist: Insist) => {
    const request = { params: { id: flows.main }, body: { inputs: { list } }, idempotencyKey: key };
    const start = () => cluster.client().call('startRun', request);
    for (const _ of [1, 2]) {
      const run = await insist(() => start().catch((error: unknown) => lookFor(error, cluster, flows.main, list)));
      if (run !== null) started.set(key, (started.get(key) ?? new Set()).add(run.id));
      // Nobody knows the answer and there is no run: what was asked was not done, and is asked anew.
      else request.idempotencyKey += '+';
    }
    if (!started.has(key)) started.set(key, new Set([(await insist(start)).id]));
  };

  return {
    started,
    seen,
    async start(run, insist) {
      await startOnce(run, insist);
      for (const id of started.get(run.key) ?? []) await decide(cluster, id, run.decision, insist);
    },
    async look() {
      const ids = [...started.values()].flatMap((found) => [...found]);
      for (const id of ids) await lookAt(cluster, id, seen).catch(() => undefined);
    },
  };
}

/** F8: decided twice, by the same person; the second changes nothing. */
async function decide(cluster: Cluster, runId: string, decision: 'approve' | 'reject', insist: Insist): Promise<void> {
  const params = { id: cluster.workspaceId };
  const find = async () => {
    const { items } = await insist(() => cluster.client().call('listApprovals', { params, query: { limit: 200 } }));
    return items.find((approval) => approval.runId === runId && approval.stepId === askedStep);
  };
  const { id } = await waitFor(`a question of ${runId}`, find, 180_000);
  const decideOnce = () => cluster.client().call('decideApproval', { params: { id }, body: { decision } });
  /** A run that failed for another reason asks no more. */
  const unlessWithdrawn = async (error: unknown) => {
    const approval = await insist(() => cluster.client().call('getApproval', { params: { id } }));
    if (approval.state !== 'withdrawn') throw error;
  };
  for (const _ of [1, 2]) await insist(decideOnce).catch(unlessWithdrawn);
}

/** The run that a request made whose answer the host does not know (it ended meanwhile); null when it made none. */
async function lookFor(error: unknown, cluster: Cluster, flowId: string, list: readonly number[]) {
  if (!(error instanceof AppError) || error.code !== 'idempotency_unknown') throw error;
  const query = { flowId, limit: 200 };
  const { items } = await cluster.client().call('listRuns', { params: { id: cluster.workspaceId }, query });
  for (const { id } of items) {
    const { run, inputs } = await cluster.client().call('getRun', { params: { id } });
    if (JSON.stringify(inputs['list']) === JSON.stringify(list)) return run;
  }
  return null;
}

/** F1: what a finished step gave never changes any more. */
async function lookAt(cluster: Cluster, runId: string, seen: Map<string, Set<string>>): Promise<void> {
  const { steps } = await cluster.client().call('getRun', { params: { id: runId } });
  for (const { stepId, path, state } of steps) {
    if (state !== 'succeeded') continue;
    const { outputs } = await cluster.client().call('getRunStep', { params: { id: runId, stepId }, query: { path } });
    const name = `${runId} ${stepId} ${path}`;
    seen.set(name, (seen.get(name) ?? new Set()).add(JSON.stringify(outputs)));
  }
}
