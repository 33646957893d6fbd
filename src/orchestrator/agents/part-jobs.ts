/**
 * Parts of an agent's work that are jobs of their own: a turn of the model, a call of a tool. Each has a name within the agent's
 * job, under which it is submitted once (J6): an agent that is tried again finds what it had done before, and pays for no
 * answer twice.
 */
import type { Clock } from '../../shared/clock.ts';
import type { Job } from '../../shared/model/job.ts';
import { finishedJobStates } from '../../shared/model/job.ts';
import { type HostContext, HostFault } from '../host-executors/host-executor.ts';
import type { EventHub } from '../live/hub.ts';
import type { FinishedJob, JobService, NewJob } from '../services.ts';

export interface Part {
  /** Unique within the agent's job, and the same in each of its attempts: "turn-2". */
  readonly name: string;
  readonly job: Pick<NewJob, 'kind' | 'input' | 'requires' | 'runSeconds' | 'label'>;
  /** Whether a part that failed in an earlier attempt is done again; what was not wanted any more always is. */
  readonly againAfterFailure: boolean;
  /** Told what the part writes. `again`: it begins anew. */
  onText?(text: string, again: boolean): void;
  /** Told the id as soon as there is one. */
  onJob?(jobId: string, earlier: boolean): void;
}

export interface PartJobs {
  /** Resolves with the job when it has ended, however it did. Rejects with the reason of the signal, and cancels it. */
  done(context: HostContext, part: Part): Promise<{ job: Job; earlier: boolean }>;
}

export interface PartJobsDeps {
  clock: Clock;
  jobs(): Pick<JobService, 'submit' | 'get' | 'cancel' | 'onFinished'>;
  hub: Pick<EventHub, 'subscribe'>;
}

/** So often at most a part is found that does not count. */
const mostTakes = 100;

export function createPartJobs(deps: PartJobsDeps): PartJobs {
  const waiting = new Map<string, (job: Job) => void>();
  let listens = false;
  const listen = () => {
    if (listens) return;
    listens = true;
    deps.jobs().onFinished(({ job }: FinishedJob) => waiting.get(job.id)?.(job));
  };

  const submit = async (context: HostContext, { name, job }: Part, take: number) => {
    const { origin, jobId, workspaceId } = context;
    if (origin === null) throw new HostFault('input_wrong', 'An agent is a step of a flow.');
    const made: NewJob = {
      ...job,
      byHost: true,
      idempotencyKey: `agent ${jobId} ${name} ${take}`,
      origin: { ...origin, partOf: jobId },
    };
    const [id] = await deps.jobs().submit(workspaceId, null, [made]);
    const now = id === undefined ? null : await deps.jobs().get(id);
    // Keys are given by people, too: what somebody put there under this name is none of ours.
    if (now === null || now.origin?.partOf !== jobId)
      throw new HostFault('agent_part_foreign', 'Another job has taken the place of a part of this one. Run it again.');
    return now;
  };
  const end = (context: HostContext, jobId: string): Promise<Job> =>
    new Promise((resolve, reject) => {
      const { signal } = context;
      const settle = (act: () => void) => {
        waiting.delete(jobId);
        signal.removeEventListener('abort', giveUp);
        act();
      };
      const giveUp = () => {
        settle(() => reject(signal.reason));
        // The next start of the host goes on with it.
        if (isStopping(signal.reason)) return;
        deps
          .jobs()
          .cancel(jobId)
          .catch(() => undefined);
      };
      waiting.set(jobId, (job) => settle(() => resolve(job)));
      signal.addEventListener('abort', giveUp, { once: true });
      if (signal.aborted) return giveUp();
      deps
        .jobs()
        .get(jobId)
        .then(
          (job) => job !== null && finishedJobStates.includes(job.state) && settle(() => resolve(job)),
          (error: unknown) => settle(() => reject(error)),
        );
    });

  return {
    async done(context, part) {
      listen();
      for (let take = 1; take <= mostTakes; take += 1) {
        context.signal.throwIfAborted();
        // An attempt submits each name once: what was there before is of an earlier one, also where a kill left it uncounted (J8).
        const asked = deps.clock.now();
        const found = await submit(context, part, take);
        const wasThere = context.attempt > 1 || found.createdAt < asked;
        const earlier = wasThere && finishedJobStates.includes(found.state);
        if (earlier && (found.state === 'cancelled' || (part.againAfterFailure && found.state !== 'succeeded')))
          continue;
        part.onJob?.(found.id, earlier);
        if (earlier) return { job: found, earlier };
        const stopHearing = hear(deps.hub, context.workspaceId, found.id, part);
        try {
          return { job: await end(context, found.id), earlier };
        } finally {
          stopHearing();
        }
      }
      throw new HostFault('agent_part_foreign', 'This was tried too often. Run the step again.');
    },
  };
}

const isStopping = (reason: unknown) => reason instanceof HostFault && reason.code === 'host_stopping';

function hear(hub: PartJobsDeps['hub'], workspaceId: string, jobId: string, { onText }: Part): () => void {
  if (onText === undefined) return () => undefined;
  let attempt = 0;
  return hub.subscribe(workspaceId, `job:${jobId}`, undefined, ({ event }) => {
    if (event.kind !== 'job.output') return;
    for (const chunk of event.chunks) {
      if (chunk.stream !== 'token') continue;
      onText(chunk.text, attempt !== 0 && chunk.attempt !== attempt);
      attempt = chunk.attempt;
    }
  }).stop;
}
