/**
 * What starts runs of a flow by itself. Triggers are live only while somebody has switched them on; then runs are of the
 * version that was frozen at that moment, and later edits wait until they are switched on again.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { refusal, validateFlow } from '../../shared/flows/validate.ts';
import type { FlowFile } from '../../shared/model/flow.ts';
import type { FlowTriggers, LiveTrigger } from '../../shared/model/trigger.ts';
import { canonicalJson } from '../flow-documents/canonical-json.ts';
import { readRunInputs } from '../flows/run-inputs.ts';
import type { FlowService, LiveHub, Person, RunService } from '../services.ts';
import { patch, put, type Store } from '../store/store.ts';
import { type FlowTriggersRow, flowTriggers, type TriggerStepRow, triggerSteps } from '../store/tables.ts';
import type { Timers } from '../timers.ts';
import { createTurns } from '../turns.ts';
import { hashSecret } from '../workspaces/secrets.ts';
import { createHooks, type HookAnswer, type HookCall } from './hooks.ts';
import { createSchedules } from './schedules.ts';
import { isHere, readSchedule, type TriggerStep, triggerStepsOf, webhookOf } from './trigger-steps.ts';

export interface TriggerService {
  /** `withAddresses`: also the paths of webhooks, which are for members. */
  get(flowId: string, withAddresses: boolean): Promise<FlowTriggers>;
  /** Of the flows of a workspace whose triggers are switched on; without addresses. */
  live(workspaceId: string): Promise<FlowTriggers[]>;
  /** Switches the triggers on, of the flow as it is now, or off. Rejects `no_triggers`, `flow_invalid`, `run_input_missing`. */
  set(flowId: string, by: Person, what: { enabled: boolean; newAddress?: boolean }): Promise<FlowTriggers>;
  /** A call of a webhook. Rejects `not_found` for every token that is not live, whatever the reason. */
  call(token: string, call: HookCall): Promise<HookAnswer>;
  /** After a start: schedules go on from the last time that is durable. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

export interface TriggerDeps {
  store: Store;
  flows: Pick<FlowService, 'freeze' | 'file' | 'versionFile' | 'summary'>;
  runs: Pick<RunService, 'start' | 'ended'>;
  hub: Pick<LiveHub, 'publish'>;
  clock: Clock;
  timers: Timers;
  /** The token in a webhook's address (hook-address.ts). */
  token(flowId: string, stepId: string, generation: number): string;
  /** A secret of the workspace by its name; null where there is none. */
  secret(workspaceId: string, name: string): Promise<string | null>;
  unexpected(error: unknown, what: string): void;
}

/** Where webhooks are called, below the host's address. */
export const hookPath = (token: string) => `/api/v1/hooks/${token}`;

/** Flows that one answer names at most. */
const mostLive = 500;

/** A clock that was set back by less than this makes no time come twice, also when the triggers are switched on anew. */
const clockFault = 3_600_000;

export function createTriggers(deps: TriggerDeps): TriggerService {
  const { store, flows, clock, hub } = deps;
  const turns = createTurns();

  /** Why a trigger started no run, for people; and that it works again. */
  const report = async (flowId: string, error: unknown) => {
    const before = await store.get(flowTriggers, { flowId });
    if (before === null || (error === null && before.problem === null)) return;
    await store.commit([patch(flowTriggers, { flowId }, { problem: problemOf(error, clock.now()) })]);
    await tell(flowId);
  };
  const common = { ...deps, report };
  const schedules = createSchedules(common);
  const hooks = createHooks(common);

  const tell = async (flowId: string) => {
    const row = await store.get(flowTriggers, { flowId });
    if (row === null) return;
    const triggers = await show(flowId, false);
    hub.publish(row.workspaceId, `workspace:${row.workspaceId}`, { kind: 'triggers.changed', triggers });
  };

  const show = async (flowId: string, withAddresses: boolean): Promise<FlowTriggers> => {
    const row = await store.get(flowTriggers, { flowId });
    const live = row?.enabled === true && row.versionId !== null ? { ...row, versionId: row.versionId } : null;
    const present = await flows.file(flowId);
    const version = live === null ? null : await flows.versionFile(flowId, live.versionId);
    const steps = await store.list(triggerSteps, { where: { flowId } });
    const state = new Map(steps.map((step) => [step.stepId, step]));
    return {
      flowId,
      enabled: live !== null,
      version: version === null ? null : { id: version.version.id, number: version.version.number },
      outdated: version !== null && version.version.hash !== hashOf(present),
      changedBy: row?.changedBy ?? null,
      changedAt: row?.changedAt ?? null,
      problem: live?.problem ?? null,
      triggers: triggerStepsOf(version?.file ?? present).map((step) =>
        toLive(step, state.get(step.id), { on: live !== null, flowId, withAddresses }),
      ),
    };
  };

  const toLive = (
    step: TriggerStep,
    row: TriggerStepRow | undefined,
    { on, flowId, withAddresses }: { on: boolean; flowId: string; withAddresses: boolean },
  ): LiveTrigger => {
    const { id: stepId, name } = step;
    const lastAt = row?.lastAt ?? null;
    if (step.kind === 'schedule') {
      const { cron, zone } = readSchedule(step);
      return {
        kind: 'schedule',
        stepId,
        name,
        cron,
        zone,
        lastAt,
        nextAt: on ? schedules.nextOf(flowId, stepId) : null,
      };
    }
    const { method, secret } = webhookOf(step);
    const token = row?.hash == null ? null : deps.token(flowId, stepId, row.generation);
    // With another master key (a restored host) it is another token, which opens nothing until they are switched on again.
    const path = withAddresses && token !== null && hashSecret(token) === row?.hash ? hookPath(token) : null;
    return { kind: 'webhook', stepId, name, method, path, signed: secret !== '', lastAt };
  };

  const switchOn = async (flowId: string, by: Person, newAddress: boolean) => {
    const { version, file } = await flows.freeze(flowId, by);
    const steps = triggerStepsOf(file);
    if (steps.length === 0) throw new AppError('no_triggers');
    const refused = refusal(validateFlow(file));
    if (refused !== null) throw refused;
    readRunInputs(file, {}); // Nobody is there to give a value when it fires.
    const { workspaceId } = await flows.summary(flowId);
    const now = clock.now();
    const row: FlowTriggersRow = {
      ...{ flowId, workspaceId, enabled: true, versionId: version.id, versionNumber: version.number },
      ...{ changedBy: by.name, changedAt: now, problem: null },
    };
    const before = await store.list(triggerSteps, { where: { flowId } });
    const present = steps.map((step) => liveRow(deps, flowId, step, before, now, newAddress));
    const gone = before.filter(({ stepId }) => !steps.some(({ id }) => id === stepId));
    await store.commit([
      put(flowTriggers, row),
      ...present.map((step) => put(triggerSteps, step)),
      ...gone.map(({ stepId }) => patch(triggerSteps, { flowId, stepId }, { live: false })),
    ]);
    await schedules.load(row, present);
  };

  const switchOff = async (flowId: string, by: Person) => {
    const changed = { enabled: false, changedBy: by.name, changedAt: clock.now(), problem: null };
    await store.commit([patch(flowTriggers, { flowId }, changed)]);
    schedules.unload(flowId);
  };

  return {
    get: show,
    async live(workspaceId) {
      const rows = await store.list(flowTriggers, { where: { workspaceId, enabled: true }, limit: mostLive });
      const shown: FlowTriggers[] = [];
      for (const { flowId } of rows) if (await isHere(store, flowId)) shown.push(await show(flowId, false));
      return shown;
    },
    set: (flowId, by, { enabled, newAddress = false }) =>
      turns.take(flowId, async () => {
        await (enabled ? switchOn(flowId, by, newAddress) : switchOff(flowId, by));
        await tell(flowId);
        return show(flowId, true);
      }),
    call: hooks.call,
    async resume() {
      for (const row of await store.list(flowTriggers, { where: { enabled: true } })) {
        try {
          const steps = await store.list(triggerSteps, { where: { flowId: row.flowId } });
          if (await isHere(store, row.flowId)) await schedules.load(row, steps);
        } catch (error) {
          deps.unexpected(error, `The triggers of ${row.flowId}`);
        }
      }
    },
    stop: schedules.stop,
  };
}

/** A trigger step as it is switched on: an address stays the same unless a new one is asked for. */
function liveRow(
  deps: Pick<TriggerDeps, 'token'>,
  flowId: string,
  { id: stepId, kind }: TriggerStep,
  rows: readonly TriggerStepRow[],
  now: number,
  newAddress: boolean,
): TriggerStepRow {
  const before = rows.find((row) => row.stepId === stepId);
  const generation = (before?.generation ?? 0) + (newAddress && before !== undefined ? 1 : 0);
  const since = before !== undefined && before.since > now && before.since - now < clockFault ? before.since : now;
  const hash = kind === 'webhook' ? hashSecret(deps.token(flowId, stepId, generation)) : null;
  return { flowId, stepId, kind, live: true, since, lastAt: before?.lastAt ?? null, generation, hash };
}

function problemOf(error: unknown, at: number): FlowTriggersRow['problem'] {
  if (error === null) return null;
  if (error instanceof AppError) return { code: error.code, message: error.message, at };
  return { code: 'internal', message: 'The run could not be started; the log of the host says more', at };
}

/** As versions are hashed (versions.ts). */
function hashOf(file: FlowFile): string {
  return createHash('sha256').update(canonicalJson(file)).digest('hex');
}
