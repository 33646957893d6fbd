/**
 * Has a share of finished jobs done again by another node and compares what they gave. Nothing waits for it, and the result
 * that was accepted stays. A check is a job that nobody submitted, of no run, with a key that names what it checks; so a
 * check that is open when the host is restarted is known again by its row.
 */
import type { Job } from '../../shared/model/job.ts';
import type { Roster } from '../nodes/roster.ts';
import { lastingObstacle } from '../scheduler/fit.ts';
import type { JobService } from '../services.ts';
import type { Store } from '../store/store.ts';
import { jobs as jobsTable, workspaces } from '../store/tables.ts';
import type { Reputations } from './reputation.ts';
import { deterministicKinds, isToBeChecked, judge, type NodeResult, resultHash } from './verify.ts';

/** Checks that wait or run at once, on the whole host. */
const mostOpen = 100;
const lowestPriority = -100;
const keyPrefix = 'check:';

export interface VerifierDeps {
  store: Store;
  jobs: Pick<JobService, 'submit' | 'onFinished' | 'get'>;
  roster: Roster;
  reputations: Pick<Reputations, 'agreed' | 'checked'>;
  /** Numbers in [0, 1). */
  random: () => number;
  log: { warn(details: object, message: string): void };
}

export interface Verifier {
  /** Called when a workspace's settings have changed. */
  setShare(workspaceId: string, share: number): void;
  stop(): void;
}

/** Loads the share of each workspace; listens from then on. */
export async function createVerifier(deps: VerifierDeps): Promise<Verifier> {
  const { store, jobs, roster, reputations } = deps;
  const shares = new Map<string, number>();
  for (const { id, verifyShare } of await store.list(workspaces, {})) if (verifyShare > 0) shares.set(id, verifyShare);
  const open = new Set<string>();
  let stopped = false;

  const check = async (job: Job, notNodeIds: string[]) => {
    const requires = withoutNode(job, notNodeIds);
    const need = { workspaceId: job.workspaceId, kind: job.kind, requires };
    const isThere = roster.views().some((node) => node.presence === 'here' && lastingObstacle(need, node) === null);
    if (!isThere || open.size >= mostOpen || stopped) return;
    const again = {
      kind: job.kind,
      input: job.input,
      requires,
      runSeconds: job.runSeconds,
      priority: lowestPriority,
      label: `Check of ${job.label || job.id}`.slice(0, 200),
      idempotencyKey: `${keyPrefix}${job.id}:${notNodeIds.length}`,
    };
    for (const id of await jobs.submit(job.workspaceId, null, [again])) open.add(id);
  };

  /** What each node gave: the accepted one first, then the checks. */
  const resultsOf = async (job: Job): Promise<NodeResult[]> => {
    const keys = [1, 2].map((number) => `${keyPrefix}${job.id}:${number}`);
    const checks = await store.list(jobsTable, { where: { workspaceId: job.workspaceId, idempotencyKey: keys } });
    const done = checks.filter(({ state, submittedBy }) => state === 'succeeded' && submittedBy === null);
    const all = [job, ...done.sort((left, right) => (left.id < right.id ? -1 : 1))];
    return all.flatMap(({ nodeId, kind, result }) =>
      nodeId === null ? [] : [{ nodeId, hash: resultHash(kind, result) }],
    );
  };
  const compare = async (checkedId: string) => {
    const job = await jobs.get(checkedId);
    if (job === null || job.state !== 'succeeded') return;
    const results = await resultsOf(job);
    if (results.length < 2) return;
    const verdict = judge(results);
    const tell = (nodeId: string, outcome: 'agreed' | 'outvoted' | 'undecided') =>
      reputations.checked({
        nodeId,
        kind: job.kind,
        outcome,
        jobId: job.id,
        workspaceId: job.workspaceId,
        label: job.label,
      });
    switch (verdict.type) {
      case 'agreed':
        for (const nodeId of verdict.nodeIds) tell(nodeId, 'agreed');
        return;
      case 'ask_third':
        return check(
          job,
          results.map(({ nodeId }) => nodeId),
        );
      case 'outvoted':
        tell(verdict.nodeId, 'outvoted');
        for (const nodeId of verdict.agreed) tell(nodeId, 'agreed');
        return;
      case 'undecided':
        for (const nodeId of verdict.nodeIds) tell(nodeId, 'undecided');
        return;
      default:
        verdict satisfies never;
    }
  };

  const finished = async (job: Job, nodeId: string | null) => {
    const row =
      job.submittedBy === null && job.origin === undefined ? await store.get(jobsTable, { id: job.id }) : null;
    const key = row?.idempotencyKey ?? '';
    if (key.startsWith(keyPrefix)) {
      open.delete(job.id);
      if (job.state === 'succeeded') await compare(key.slice(keyPrefix.length, key.lastIndexOf(':')));
      return;
    }
    if (job.state !== 'succeeded' || nodeId === null) return;
    const share = shares.get(job.workspaceId) ?? 0;
    if (isToBeChecked(share, reputations.agreed(nodeId, job.kind), deps.random())) await check(job, [nodeId]);
  };
  const stopListening = jobs.onFinished(({ job, nodeId }) => {
    // Most workspaces check nothing, and then this costs nothing.
    if (stopped || !deterministicKinds.has(job.kind) || (shares.size === 0 && open.size === 0)) return;
    finished(job, nodeId).catch((error: unknown) =>
      deps.log.warn({ err: error, jobId: job.id }, 'A result could not be checked'),
    );
  });

  return {
    setShare(workspaceId, share) {
      if (share > 0) shares.set(workspaceId, share);
      else shares.delete(workspaceId);
    },
    stop() {
      stopped = true;
      stopListening();
    },
  };
}

/** What the job needs, on another machine than these: not on the one that was chosen for it either. */
function withoutNode({ requires }: Job, notNodeIds: readonly string[]): Job['requires'] {
  const { nodeId: _chosen, ...rest } = requires;
  return { ...rest, notNodeIds: [...new Set([...(rest.notNodeIds ?? []), ...notNodeIds])].slice(0, 16) };
}
