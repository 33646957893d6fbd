/** How a run ended: every job and every step, in a form that can be compared; and what must never happen. */
import type { Client } from '../../src/shared/api/client.ts';
import { finishedJobStates, type Job } from '../../src/shared/model/job.ts';
import { isRunOver, type RunSummary } from '../../src/shared/model/run.ts';
import type { WorkDone } from './do-work.ts';
import { endOf } from './jobs-client.ts';
import { listJobs, listRuns, listSteps } from './listing.ts';
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

/** Without what differs in every execution: who did it, and words, which may say how often it was tried. */
const comparable = (value: unknown) =>
  JSON.stringify(value, (name, part) => (name === 'by' || name === 'message' ? undefined : part));

export async function judge(client: Client, workspaceId: string, work: Work, done: WorkDone): Promise<Verdict> {
  const ofJobs = judgeJobs(await listJobs(client, workspaceId), work, done);
  const runs = await listRuns(client, workspaceId);
  const ofRuns = await judgeRuns(client, runs, work, done);
  const approvals = await judgeApprovals(client, workspaceId, done);
  return {
    submitted: work.jobs.length + work.cancelled.length + work.runs.length,
    acknowledged: done.jobs.acknowledged.size + done.runs.started.size,
    finished: Object.keys(ofJobs.ends).length + work.runs.filter(({ key }) => key in ofRuns.ends).length,
    lost: [...ofJobs.lost, ...ofRuns.lost],
    doubled: [
      ...[ofJobs, ofRuns, approvals].flatMap(({ doubled }) => doubled),
      ...judgeScheduled(runs.filter(({ flowId }) => flowId === done.flows.scheduled)),
    ],
    end: { jobs: sorted(ofJobs.ends), steps: sorted({ ...ofRuns.ends, ...approvals.ends }) },
  };
}

interface Part {
  readonly ends: Record<string, string>;
  readonly lost: string[];
  readonly doubled: string[];
}

function judgeJobs(jobs: readonly Job[], work: Work, done: WorkDone): Part {
  const stored = new Map(jobs.map((job) => [job.id, job]));
  const part: Part = { ends: {}, lost: [], doubled: [] };
  for (const { job: submitted } of [...work.jobs, ...work.cancelled]) {
    const key = submitted.idempotencyKey;
    const ids = [...(done.jobs.acknowledged.get(key) ?? [])];
    if (ids.length > 1) part.doubled.push(`${key} became the jobs ${ids.join(', ')}`);
    const job = stored.get(ids[0] ?? '');
    if (job === undefined || !finishedJobStates.includes(job.state)) {
      part.lost.push(`${key} (${ids[0]}) is ${job?.state ?? 'not there'}`);
      continue;
    }
    part.ends[key] = comparable([job.state, job.result ?? null, job.error?.code ?? null]);
    part.doubled.push(...doubledResults(key, job, done));
  }
  const accepted = new Set([...done.jobs.acknowledged.values()].flatMap((ids) => [...ids]));
  for (const { id, origin } of jobs) {
    // A job that nobody was told of is right only where its answer was lost and its key never answered; all were.
    if (origin === undefined && !accepted.has(id)) part.doubled.push(`job ${id} belongs to no acknowledgement`);
  }
  return part;
}

async function judgeRuns(client: Client, runs: readonly RunSummary[], work: Work, done: WorkDone): Promise<Part> {
  const part: Part = { ends: {}, lost: [], doubled: [] };
  const asked = runs.filter(({ flowId }) => flowId === done.flows.main).length;
  if (asked > work.runs.length) part.doubled.push(`${asked} runs were started for ${work.runs.length} keys`);
  for (const { key } of work.runs) {
    const [runId, second] = [...(done.runs.started.get(key) ?? [])];
    if (second !== undefined) part.doubled.push(`${key} became the runs ${runId}, ${second}`);
    const below = runs.filter(({ parent }) => parent !== undefined && parent.runId === runId);
    if (below.length !== 1) part.doubled.push(`${key} has ${below.length} runs below it`);
    await judgeRun(client, key, runId, runs, done, part);
    if (below[0] !== undefined) await judgeRun(client, `${key} below`, below[0].id, runs, done, part);
  }
  const open = runs.filter(({ state }) => !isRunOver(state));
  part.lost.push(...open.map(({ id, flowName, state }) => `run ${id} of "${flowName}" is ${state}`));
  return part;
}

async function judgeRun(
  client: Client,
  key: string,
  runId: string | undefined,
  runs: readonly RunSummary[],
  done: WorkDone,
  { ends, lost, doubled }: Part,
): Promise<void> {
  const run = runs.find(({ id }) => id === runId);
  if (run === undefined) lost.push(`${key} (${runId}) is not there`);
  if (run === undefined || !isRunOver(run.state)) return;
  ends[key] = run.state;
  for (const step of await listSteps(client, run.id)) {
    const { stepId, path } = step;
    const { outputs } = await client.call('getRunStep', { params: { id: run.id, stepId }, query: { path } });
    ends[`${key} ${stepId} ${path}`] = comparable([step.state, outputs, step.error?.code ?? null]);
    const seen = done.runs.seen.get(`${run.id} ${stepId} ${path}`);
    if (seen !== undefined && (seen.size > 1 || !seen.has(JSON.stringify(outputs))))
      doubled.push(`step ${stepId} ${path} of ${key} gave ${[...seen, JSON.stringify(outputs)].join(' and ')}`);
  }
}

/** F8: a step asks once, and what was decided stays decided. */
async function judgeApprovals(client: Client, workspaceId: string, done: WorkDone): Promise<Omit<Part, 'lost'>> {
  const { items } = await client.call('listApprovals', { params: { id: workspaceId }, query: { limit: 200 } });
  const part = { ends: {} as Record<string, string>, doubled: [] as string[] };
  const keys = new Map([...done.runs.started].flatMap(([key, ids]) => [...ids].map((id) => [id, key] as const)));
  for (const { runId, stepId, state } of items) {
    const name = `${keys.get(runId)} asks at ${stepId}`;
    if (name in part.ends) part.doubled.push(`${name} twice`);
    part.ends[name] = state;
  }
  return part;
}

/** A time of a schedule starts one run. */
function judgeScheduled(runs: readonly RunSummary[]): string[] {
  const times = runs.map(({ trigger }) => trigger?.at ?? 0);
  const twice = times.filter((time, index) => times.indexOf(time) < index);
  return twice.map((time) => `The schedule's run of ${time} was started twice`);
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
