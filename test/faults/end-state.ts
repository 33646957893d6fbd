/** How a run ended: every job and every step, in a form that can be compared; and what must never happen. */
import type { Client } from '../../src/shared/api/client.ts';
import { finishedJobStates, type Job } from '../../src/shared/model/job.ts';
import type { StepInstance } from '../../src/shared/model/run.ts';
import type { WorkDone } from './do-work.ts';
import { endOf } from './jobs-client.ts';
import type { Work } from './work.ts';

export interface EndState {
  /** By the key of the job: its state, and its result or the code of its error. */
  readonly jobs: Readonly<Record<string, string>>;
  /** By the key of the run and the place of the step: its state and its outputs. */
  readonly steps: Readonly<Record<string, string>>;
}

export interface Verdict {
  readonly submitted: number;
  readonly acknowledged: number;
  readonly finished: number;
  /** What was acknowledged and is not there, or has not ended. */
  readonly lost: readonly string[];
  /** What was accepted twice: a second job or run for a key, a second result, a finished step that changed. */
  readonly doubled: readonly string[];
  readonly end: EndState;
}

/** Without what differs in every execution. */
const comparable = (value: unknown) => JSON.stringify(value, (name, part) => (name === 'by' ? undefined : part));

export async function judge(client: Client, workspaceId: string, work: Work, done: WorkDone): Promise<Verdict> {
  const planned = [...work.jobs, ...work.cancelled].map(({ job }) => job.idempotencyKey);
  const lost: string[] = [];
  const doubled: string[] = [];
  const jobs: Record<string, string> = {};
  const steps: Record<string, string> = {};
  const stored = new Map((await listAll(client, workspaceId)).map((job) => [job.id, job]));

  for (const key of planned) {
    const ids = [...(done.jobs.acknowledged.get(key) ?? [])];
    if (ids.length > 1) doubled.push(`${key} became the jobs ${ids.join(', ')}`);
    const job = stored.get(ids[0] ?? '');
    if (job === undefined || !finishedJobStates.includes(job.state)) {
      lost.push(`${key} (${ids[0]}) is ${job?.state ?? 'not there'}`);
      continue;
    }
    jobs[key] = comparable([job.state, job.result ?? null, job.error?.code ?? null]);
    doubled.push(...doubledResults(key, job, done));
  }
  const accepted = new Set([...done.jobs.acknowledged.values()].flatMap((ids) => [...ids]));
  for (const job of stored.values()) {
    // A job that nobody was told of is right only where its answer was lost and its key never answered; all were.
    if (job.origin === undefined && !accepted.has(job.id)) doubled.push(`job ${job.id} belongs to no acknowledgement`);
  }
  const runs = (await client.call('listRuns', { params: { id: workspaceId }, query: { limit: 100 } })).items;
  if (runs.length > work.runs.length) doubled.push(`${runs.length} runs were started for ${work.runs.length} keys`);
  for (const { key } of work.runs) {
    const [runId, second] = [...(done.runs.get(key) ?? [])];
    if (second !== undefined) doubled.push(`${key} became the runs ${runId}, ${second}`);
    const run = runs.find(({ id }) => id === runId);
    if (run === undefined || run.state === 'running') {
      lost.push(`${key} (${runId}) is ${run?.state ?? 'not there'}`);
      continue;
    }
    steps[key] = run.state;
    for (const step of await stepsOf(client, run.id)) {
      const { stepId, path } = step;
      const params = { id: run.id, stepId };
      const { outputs } = await client.call('getRunStep', { params, query: { path } });
      steps[`${key} ${stepId} ${path}`] = comparable([step.state, outputs, step.error?.code ?? null]);
      const seen = done.seen.get(`${run.id} ${stepId} ${path}`);
      if (seen !== undefined && (seen.size > 1 || !seen.has(JSON.stringify(outputs))))
        doubled.push(`step ${stepId} ${path} of ${key} gave ${[...seen, JSON.stringify(outputs)].join(' and ')}`);
    }
  }
  return {
    submitted: planned.length + work.runs.length,
    acknowledged: done.jobs.acknowledged.size + done.runs.size,
    finished: Object.keys(jobs).length + work.runs.filter(({ key }) => key in steps).length,
    lost,
    doubled,
    end: { jobs: sorted(jobs), steps: sorted(steps) },
  };
}

/** J2, N10: of all the executions of a job one is accepted, and what was told of its end stays true. */
function doubledResults(key: string, job: Job, done: WorkDone): string[] {
  const told = [...(done.jobs.told.get(job.id) ?? [])];
  const end = endOf({
    state: job.state,
    ...(job.state === 'succeeded' ? { result: job.result ?? null } : {}),
    ...(job.error === undefined ? {} : { error: job.error }),
  });
  const successes = job.attempts.filter(({ outcome }) => outcome === 'succeeded').length;
  return [
    ...told.filter((one) => one !== end).map((one) => `${key} was told as ${one} and is ${end}`),
    ...(successes > 1 ? [`${key} has ${successes} accepted attempts`] : []),
  ];
}

async function listAll(client: Client, workspaceId: string): Promise<Job[]> {
  const found: Job[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 200, ...(cursor === undefined ? {} : { cursor }) };
    const page = await client.call('listJobs', { params: { id: workspaceId }, query });
    found.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
}

async function stepsOf(client: Client, runId: string): Promise<StepInstance[]> {
  const { steps } = await client.call('getRun', { params: { id: runId } });
  const inside = await client.call('listRunSteps', { params: { id: runId }, query: { under: 'each', limit: 200 } });
  const all = new Map([...steps, ...inside.items].map((step) => [`${step.stepId} ${step.path}`, step]));
  return [...all.values()];
}

const sorted = (record: Record<string, string>) =>
  Object.fromEntries(Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)));

/** Where two ends differ, in words; empty when they do not. */
export function differences(found: EndState, expected: EndState): string[] {
  return (['jobs', 'steps'] as const).flatMap((part) => {
    const names = new Set([...Object.keys(found[part]), ...Object.keys(expected[part])]);
    return [...names]
      .filter((name) => found[part][name] !== expected[part][name])
      .map((name) => `${name}: ${found[part][name] ?? 'nothing'}, without faults ${expected[part][name] ?? 'nothing'}`);
  });
}
