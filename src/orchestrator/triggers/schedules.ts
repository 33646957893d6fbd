/** Schedules that are switched on, with one timer for all of them. */
import { AppError } from '../../shared/errors.ts';
import { type CronTimes, readCron } from '../../shared/flows/cron.ts';
import { scheduleOutputs } from '../../shared/flows/steps/schedule.ts';
import { createDueTimes } from '../flows/holds/due-times.ts';
import { patch } from '../store/store.ts';
import { type FlowTriggersRow, type TriggerStepRow, triggerSteps } from '../store/tables.ts';
import { isHere, readSchedule, triggerStepsOf } from './trigger-steps.ts';
import type { TriggerDeps } from './triggers.ts';
import { whenDue } from './when-due.ts';

export interface Schedules {
  /** Takes up the schedules of a version instead of those that the flow had. */
  load(flow: FlowTriggersRow, steps: readonly TriggerStepRow[]): Promise<void>;
  unload(flowId: string): void;
  nextOf(flowId: string, stepId: string): number | null;
  /** Resolves when no run is being started any more. */
  stop(): Promise<void>;
}

interface LiveSchedule {
  readonly flowId: string;
  readonly stepId: string;
  readonly name: string;
  readonly workspaceId: string;
  readonly versionId: string;
  readonly times: CronTimes;
  readonly missed: 'skip' | 'once';
  since: number;
  next: number | null;
}

/** After a run that could not be written. */
const tryAgainMs = 5_000;

type Deps = TriggerDeps & { report(flowId: string, error: unknown): Promise<void> };

export function createSchedules(deps: Deps): Schedules {
  const { store, clock, flows } = deps;
  const live = new Map<string, LiveSchedule>();
  const firing = new Set<Promise<void>>();
  const due = createDueTimes(deps, (name) => {
    const schedule = live.get(name);
    if (schedule === undefined) return;
    const fired: Promise<void> = look(name, schedule)
      .catch((error: unknown) => deps.unexpected(error, `The schedule ${name}`))
      .finally(() => firing.delete(fired));
    firing.add(fired);
  });

  const arm = (name: string, schedule: LiveSchedule, next: number | null) => {
    schedule.next = next;
    if (live.get(name) === schedule && next !== null) due.set(name, next);
  };

  const look = async (name: string, schedule: LiveSchedule) => {
    const { fire, since, next } = whenDue(schedule.times, schedule.since, clock.now(), schedule.missed);
    try {
      if (fire !== null && (await isHere(store, schedule.flowId))) await start(schedule, fire);
    } catch (error) {
      await deps.report(schedule.flowId, error).catch(() => undefined);
      // What was not durable has not happened; what was refused will not be better for being asked again.
      if (!(error instanceof AppError) || error.code === 'disk_full') {
        deps.unexpected(error, `The schedule ${name}`);
        return arm(name, schedule, clock.now() + tryAgainMs);
      }
      await store.commit([patch(triggerSteps, keyOf(schedule), { since })]);
    }
    schedule.since = since;
    arm(name, schedule, next);
  };

  /** The run and the time it is for become durable together: no time comes twice. */
  const start = async ({ flowId, stepId, name, workspaceId, versionId }: LiveSchedule, at: number) => {
    const { version, file } = await flows.versionFile(flowId, versionId);
    await deps.runs.start({
      ...{ workspaceId, flowId, version, file, inputs: {}, startedBy: name },
      trigger: { kind: 'schedule', stepId, at },
      given: { [stepId]: scheduleOutputs(at) },
      alongside: [patch(triggerSteps, { flowId, stepId }, { since: at, lastAt: at })],
    });
    await deps.report(flowId, null);
  };

  const unload = (flowId: string) => {
    for (const [name, schedule] of live) {
      if (schedule.flowId !== flowId) continue;
      live.delete(name);
      due.forget(name);
    }
  };

  return {
    unload,
    async load({ flowId, workspaceId, versionId }, steps) {
      unload(flowId);
      if (versionId === null) return;
      const { file } = await flows.versionFile(flowId, versionId);
      for (const step of triggerStepsOf(file)) {
        const row = steps.find(({ stepId, live: on }) => stepId === step.id && on);
        const { cron, zone, missed } = readSchedule(step);
        const times = step.kind === 'schedule' ? readCron(cron, zone) : null;
        if (row === undefined || times === null) continue;
        const name = `${flowId} ${step.id}`;
        const { since } = row;
        const own = { flowId, stepId: step.id, name: step.name, workspaceId, versionId, times, missed, since };
        const schedule: LiveSchedule = { ...own, next: null };
        live.set(name, schedule);
        arm(name, schedule, times.after(since));
      }
    },
    nextOf: (flowId, stepId) => live.get(`${flowId} ${stepId}`)?.next ?? null,
    async stop() {
      due.stop();
      live.clear();
      await Promise.all(firing);
    },
  };
}

const keyOf = ({ flowId, stepId }: LiveSchedule) => ({ flowId, stepId });
