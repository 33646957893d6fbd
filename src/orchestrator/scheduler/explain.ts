/** Why a job waits, in words: the first reason of each node against it. Pure. */
import type { Explanation, JobState } from '../../shared/model/job.ts';
import { lastingObstacle, type Obstacle, passingObstacle } from './fit.ts';
import type { Need, NodeView } from './snapshot.ts';

export interface ExplainedJob {
  readonly id: string;
  readonly state: JobState;
  readonly need: Need;
  /** Milliseconds until it is tried again; 0 when it may be placed now. */
  readonly backOff: number;
  readonly nodeName: string | null;
}

/** Explains over the nodes of the job's workspace, those that fit first, then by name. */
export function explain(job: ExplainedJob, nodes: readonly NodeView[]): Explanation {
  const mine = nodes.filter((node) => node.workspaces.has(job.need.workspaceId));
  const verdicts = mine.map((node) => {
    const lasting = lastingObstacle(job.need, node);
    const obstacle = lasting ?? passingObstacle(job.need, node);
    return { node, lasting: lasting !== null, obstacle };
  });
  const order = (verdict: (typeof verdicts)[number]) => (verdict.obstacle === null ? 0 : verdict.lasting ? 2 : 1);
  verdicts.sort((left, right) => order(left) - order(right) || (left.node.name < right.node.name ? -1 : 1));
  return {
    jobId: job.id,
    state: job.state,
    summary: summaryOf(job, verdicts),
    expectedSeconds: verdicts.some(({ obstacle }) => obstacle === null) ? 0 : null,
    ahead: 0,
    helps: [],
    nodes: verdicts.map(({ node, lasting, obstacle }) => ({
      lasting,
      waitSeconds: obstacle === null ? 0 : null,
      nodeId: node.id,
      name: node.name,
      fits: obstacle === null,
      code: obstacle === null ? 'fits' : obstacle.code === 'presence' ? obstacle.presence : obstacle.code,
      reason: obstacle === null ? 'Could take it now' : words(obstacle),
    })),
  };
}

interface Verdict {
  readonly lasting: boolean;
  readonly obstacle: Obstacle | null;
}

function summaryOf(job: ExplainedJob, verdicts: readonly Verdict[]): string {
  if (job.state === 'assigned' || job.state === 'running') return `Works on ${job.nodeName ?? 'a node'}`;
  if (job.state !== 'queued') return 'Finished';
  if (job.backOff > 0) return `Tried again in ${Math.ceil(job.backOff / 1000)} s`;
  if (verdicts.length === 0) return 'No node serves this workspace yet';
  if (verdicts.some(({ obstacle }) => obstacle === null)) return 'Next in line';
  const able = verdicts.filter(({ lasting }) => !lasting);
  if (able.length === 0) return 'No node of this workspace can do it';
  const here = able.filter(({ obstacle }) => obstacle?.code !== 'presence');
  if (here.length === 0) return 'The nodes that can do it are not here';
  return here.length === 1 ? 'Waits for room on one node' : `Waits for room on ${here.length} nodes`;
}

const kindNames: Readonly<Record<string, string>> = { script: 'scripts', ocr: 'reading text in images' };
const gigabytes = (mebibytes: number) => `${Math.round((mebibytes / 1024) * 10) / 10} GB`;
const round = (cores: number) => String(Math.round(cores * 100) / 100);

const presences: Readonly<Record<Extract<Obstacle, { code: 'presence' }>['presence'], string>> = {
  suspect: 'Has been silent for a moment',
  paused: 'Paused by its owner',
  draining: 'Finishes what it has and takes nothing new',
  lost: 'Lost: not heard for over a minute',
  away: 'Not connected',
};

/** One reason, as people read it. */
export function words(obstacle: Obstacle): string {
  switch (obstacle.code) {
    case 'other_workspace':
      return 'Does not serve this workspace';
    case 'waits_for_approval':
      return 'Waits for an admin to let it in';
    case 'other_machine':
      return 'The job asks for another machine';
    case 'excluded_machine':
      return 'The job asks for another machine than this';
    case 'model_missing':
      return `Does not have the model ${obstacle.model}`;
    case 'storage_not_shared':
      return `Shares ${gigabytes(obstacle.shared)} of storage; ${gigabytes(obstacle.needed)} needed`;
    case 'storage_taken':
      return `Busy: ${gigabytes(obstacle.free)} of storage free, ${gigabytes(obstacle.needed)} needed`;
    case 'no_executor':
      return `Cannot do ${kindNames[obstacle.kind] ?? `jobs of the kind "${obstacle.kind}"`}`;
    case 'tags_missing':
      return `Lacks the tag ${obstacle.tags.join(', ')}`;
    case 'cores_not_shared':
      return `Shares ${round(obstacle.shared)} cores; ${round(obstacle.needed)} needed`;
    case 'ram_not_shared':
      return `Shares ${gigabytes(obstacle.shared)} of memory; ${gigabytes(obstacle.needed)} needed`;
    case 'no_gpu':
      return 'Shares no GPU';
    case 'gpu_memory_not_shared':
      return `Shares ${gigabytes(obstacle.shared)} on its largest GPU; ${gigabytes(obstacle.needed)} needed`;
    case 'presence':
      return presences[obstacle.presence];
    case 'cores_taken':
      return `Busy: ${round(obstacle.free)} cores free, ${round(obstacle.needed)} needed`;
    case 'ram_taken':
      return `Busy: ${gigabytes(obstacle.free)} of memory free, ${gigabytes(obstacle.needed)} needed`;
    case 'gpu_memory_taken':
      return `Busy: ${gigabytes(obstacle.free)} free on a GPU, ${gigabytes(obstacle.needed)} needed`;
    default:
      return obstacle satisfies never;
  }
}
