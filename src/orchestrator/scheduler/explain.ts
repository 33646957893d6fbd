/** Who could do a job, when, and why the others can't, in words: the first reason of each node against it. Pure. */
import type { Explanation, JobState, NodeAnswer, Placement } from '../../shared/model/job.ts';
import { lastingObstacle, type Obstacle, passingObstacle } from './fit.ts';
import { type Outlook, roomIn, startsIn } from './forecast.ts';
import { helpsFor } from './help.ts';
import type { Need, NodeView } from './snapshot.ts';
import { about, briefly, lacked, words } from './words.ts';

export interface ExplainedJob {
  readonly id: string;
  readonly state: JobState;
  readonly need: Need;
  /** Milliseconds until it is tried again; 0 when it may be placed now. */
  readonly backOff: number;
  readonly nodeName: string | null;
}

interface Verdict {
  readonly node: NodeView;
  readonly lasting: boolean;
  readonly obstacle: Obstacle | null;
  readonly wait: number | null;
}

/** Why a job waits. `outlook.ahead` is what comes before it in line. */
export function explain(job: ExplainedJob, nodes: readonly NodeView[], outlook: Outlook): Explanation {
  const verdicts = verdictsOn(job.need, nodes, outlook);
  const placed = placementOf(job.need, verdicts, nodes, outlook);
  const summary = stateWords(job) ?? waitWords(job.need, verdicts, placed, nextWords(outlook));
  const waits = job.state === 'queued';
  const expectedSeconds =
    waits && placed.expectedSeconds !== null ? placed.expectedSeconds + job.backOff / 1_000 : null;
  return {
    ...placed,
    jobId: job.id,
    state: job.state,
    summary,
    expectedSeconds: expectedSeconds === null ? null : Math.round(expectedSeconds * 10) / 10,
    helps: waits ? placed.helps : [],
  };
}

/** The same for a need without a job. */
export function explainNeed(need: Need, nodes: readonly NodeView[], outlook: Outlook): Placement {
  const verdicts = verdictsOn(need, nodes, outlook);
  const placed = placementOf(need, verdicts, nodes, outlook);
  const able = verdicts.filter(({ obstacle }) => obstacle === null);
  const now = able.length === 1 ? `${able[0]?.node.name} can take it now` : `${able.length} nodes can take it now`;
  return { ...placed, summary: waitWords(need, verdicts, placed, now) };
}

/** Over the nodes of the workspace: those that could now, those that could later, the others; by name. */
function verdictsOn(need: Need, nodes: readonly NodeView[], outlook: Outlook): Verdict[] {
  const order = ({ obstacle, lasting }: Verdict) => (obstacle === null ? 0 : lasting ? 2 : 1);
  return nodes
    .filter((node) => node.workspaces.has(need.workspaceId))
    .map((node) => {
      const lasting = lastingObstacle(need, node);
      const obstacle = lasting ?? passingObstacle(need, node);
      return { node, lasting: lasting !== null, obstacle, wait: roomIn(need, node, outlook) };
    })
    .sort((left, right) => order(left) - order(right) || (left.node.name < right.node.name ? -1 : 1));
}

function placementOf(
  need: Need,
  verdicts: readonly Verdict[],
  nodes: readonly NodeView[],
  outlook: Outlook,
): Omit<Placement, 'summary'> {
  const mine = verdicts.map(({ node }) => node);
  const expected = startsIn(
    need,
    nodes.filter((node) => mine.includes(node)),
    outlook,
  );
  return {
    expectedSeconds: expected === null ? null : Math.round(expected * 10) / 10,
    ahead: outlook.ahead.length,
    nodes: verdicts.map((verdict) => answerOf(verdict, outlook.now)),
    helps: helpsFor(need, mine),
  };
}

function answerOf({ node, lasting, obstacle, wait }: Verdict, now: number): NodeAnswer {
  const base = { nodeId: node.id, name: node.name, fits: obstacle === null, lasting };
  const waitSeconds = wait === null ? null : Math.round(wait * 10) / 10;
  if (obstacle === null) return { ...base, code: 'fits', reason: 'Could take it now', waitSeconds };
  const code = obstacle.code === 'presence' ? obstacle.presence : obstacle.code;
  const needs = 'needed' in obstacle ? { needs: obstacle.needed } : {};
  const has = 'shared' in obstacle ? { has: obstacle.shared } : 'free' in obstacle ? { has: obstacle.free } : {};
  return { ...base, code, reason: words(obstacle, now), waitSeconds, ...needs, ...has };
}

// ---- one sentence over all ----

function stateWords({ state, nodeName, backOff }: ExplainedJob): string | null {
  if (state === 'assigned' || state === 'running') return `Works on ${nodeName ?? 'a node'}`;
  if (state !== 'queued') return 'Finished';
  return backOff > 0 ? `Tried again in ${Math.ceil(backOff / 1000)} s` : null;
}

const nextWords = ({ ahead }: Outlook) =>
  ahead.length === 0 ? 'Next in line' : `In line, ${ahead.length === 1 ? 'one job' : `${ahead.length} jobs`} before it`;

const named = 3;

/** "Waits: needs 12 GB GPU memory; ana-pc has 8 GB, office-2 is paused". `now`: what is said when a node could take it. */
function waitWords(
  need: Need,
  verdicts: readonly Verdict[],
  { expectedSeconds }: Pick<Placement, 'expectedSeconds'>,
  now: string,
): string {
  if (verdicts.length === 0) return 'No node serves this workspace yet';
  if (verdicts.some(({ obstacle }) => obstacle === null)) return now;
  const nameOf = (nodeId: string) => verdicts.find(({ node }) => node.id === nodeId)?.node.name ?? 'another machine';
  const needs = verdicts
    .map(({ obstacle }) => obstacle && lacked(obstacle, need, nameOf))
    .find((thing) => thing !== null);
  const told = tellable(verdicts, needs !== undefined);
  const rest = verdicts.length > told.length ? ` and ${verdicts.length - told.length} more` : '';
  const who = told.map(({ node, obstacle }) => `${node.name} ${obstacle === null ? '' : briefly(obstacle)}`).join(', ');
  const hasTurn = verdicts.some(({ lasting, node }) => !lasting && node.presence === 'here');
  const wait = expectedSeconds === null ? '' : `; about ${about(expectedSeconds)}`;
  return `${hasTurn ? 'In line' : 'Waits'}: ${needs === undefined ? '' : `needs ${needs}; `}${who}${rest}${wait}`;
}

/** Where a machine is chosen, the others have nothing to say. */
function tellable(verdicts: readonly Verdict[], needs: boolean): readonly Verdict[] {
  const chosen = verdicts.filter(({ obstacle }) => obstacle?.code !== 'other_machine');
  return (chosen.length > 0 || !needs ? chosen : verdicts).slice(0, named);
}
