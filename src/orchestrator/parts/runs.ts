import type { Clock } from '../../shared/clock.ts';
import type { IdSource } from '../../shared/ids.ts';
import { type ApprovalService, createApprovals } from '../approvals/approvals.ts';
import type { Acting } from '../audit/acting.ts';
import { toldRuns } from '../audit/told-runs.ts';
import { createRunService } from '../flows/run-service.ts';
import type { SecretService } from '../secrets/secret-service.ts';
import type { BlobStore, FlowService, JobService, LiveHub, RunService } from '../services.ts';
import type { Store } from '../store/store.ts';
import type { Timers } from '../timers.ts';
import { hookTokens } from '../triggers/hook-address.ts';
import { createTriggers, type TriggerService } from '../triggers/triggers.ts';

export interface RunPartsDeps {
  acting: Acting;
  store: Store;
  jobs: JobService;
  blobs: BlobStore;
  flows: FlowService;
  secrets: SecretService;
  hub: LiveHub;
  clock: Clock;
  timers: Timers;
  ids: IdSource;
  masterKey: Uint8Array;
  unexpected(error: unknown, what: string): void;
}

export interface RunParts {
  runs: RunService;
  approvals: ApprovalService;
  triggers: TriggerService;
  /** Cancels every run of a workspace: those in line first, so that none takes the place of another. */
  endRuns(workspaceId: string): Promise<void>;
  /** F2: takes up what an earlier start left; then triggers may start more. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** Runs, what they ask people, and what starts them. */
export function createRunParts(deps: RunPartsDeps): RunParts {
  const { store, hub, secrets } = deps;
  const runs = createRunService({
    ...deps,
    live: hub,
    approvalsChanged: (ids) => {
      approvals.changed(ids).catch((error: unknown) => deps.unexpected(error, 'Viewers of approvals'));
    },
  });
  const approvals = createApprovals({ store, hub, runs: () => runs });
  const triggers = createTriggers({
    ...deps,
    runs: toldRuns(runs, deps.acting),
    token: hookTokens(deps.masterKey),
    // A secret that is missing, and one that cannot be opened, both let nobody in.
    secret: (workspaceId, name) =>
      secrets.open(workspaceId, [name]).then(
        (values) => values.get(name) ?? null,
        () => null,
      ),
  });
  const endAll = async (workspaceId: string, state: 'waiting' | 'running') => {
    for (let cursor: string | null = null; ; ) {
      const page = await runs.list(workspaceId, { state, limit: 500, ...(cursor === null ? {} : { cursor }) });
      await Promise.allSettled(page.items.map((run) => runs.cancel(run.id)));
      if (page.next === null) return;
      cursor = page.next;
    }
  };

  return {
    runs,
    approvals,
    triggers,
    async endRuns(workspaceId) {
      await endAll(workspaceId, 'waiting');
      await endAll(workspaceId, 'running');
    },
    async resume() {
      await runs.resumeAll();
      await triggers.resume();
    },
    async stop() {
      await triggers.stop();
      await runs.stop();
    },
  };
}
