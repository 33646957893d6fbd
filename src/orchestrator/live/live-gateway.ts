/** The host's end of `/ws/live` (protocol/live.ts): subscriptions with resume, output of jobs, and `submit`. */
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { finishedJobStates, type Job } from '../../shared/model/job.ts';
import { toProblem } from '../../shared/problem.ts';
import { createCodec } from '../../shared/protocol/codec.ts';
import {
  type LiveClientMessage,
  type LiveServerMessage,
  liveClientMessages,
  liveCloseCodes,
} from '../../shared/protocol/live.ts';
import type { EngineLog } from '../jobs/engine.ts';
import { withoutOrigin } from '../jobs/origin.ts';
import type { JobService } from '../services.ts';
import { createFollowers, type Followers } from './followers.ts';
import { RateBound, Sender } from './frames.ts';
import type { EventHub, HubEvent } from './hub.ts';
import { followOutput } from './job-stream.ts';

export interface LiveGatewayDeps {
  hub: EventHub;
  jobs: JobService;
  clock: Clock;
  log: EngineLog;
  host: { hostId: string; version: string; epoch: string };
  /** The workspace that a topic belongs to, or null where this person may not see it. */
  authorize(userId: string, topic: string): Promise<{ workspaceId: string } | null>;
  maySubmit(userId: string, workspaceId: string): Promise<boolean>;
}

export interface LiveGateway {
  /** Serves a socket that was upgraded for this person. Returns how to end it. */
  accept(socket: WebSocket, userId: string): { close(code: number, reason: string): void };
  stop(): void;
}

const malformedInARow = 3;
/** Messages a second from one client: a program may keep a window of jobs going, some 25,000 a second on two cores. */
const rate = { perSecond: 200_000, burst: 400_000 };
const maxTopics = 200;
/** Jobs whose submission is not answered yet, per connection. */
const maxPending = 50_000;
/** Jobs at most of calls that are made as one, so that no commit becomes too long. */
const mostTogether = 1_000;
/** How long a "may submit" is believed; a change of role closes the socket anyway. */
const believeFor = 10_000;

const codec = createCodec(liveClientMessages);
const hasKey = ({ idempotencyKey }: { idempotencyKey?: string }) => idempotencyKey !== undefined;
type Message<Kind extends LiveClientMessage['type']> = Extract<LiveClientMessage, { type: Kind }>;

export function createLiveGateway(deps: LiveGatewayDeps): LiveGateway {
  const open = new Set<Sender>();
  const followers = createFollowers();
  const stopFollowing = deps.jobs.onFinished(({ job }) => followers.ended(job));

  return {
    accept(socket, userId) {
      const sender = new Sender(socket, liveCloseCodes.slow);
      open.add(sender);
      const connection = createConnection(deps, sender, userId, followers);
      sender.send({ type: 'hello', ...deps.host });
      socket.on('message', (data: RawData, binary: boolean) => connection.read(binary ? '' : data.toString()));
      socket.on('close', () => {
        open.delete(sender);
        connection.closed();
      });
      return { close: (code, reason) => sender.close(code, reason) };
    },
    stop() {
      stopFollowing();
      for (const sender of open) sender.close(liveCloseCodes.stopping, 'stopping');
    },
  };
}

function createConnection(deps: LiveGatewayDeps, sender: Sender, userId: string, followers: Followers) {
  const { hub, jobs } = deps;
  const bound = new RateBound(rate, deps.clock.now());
  /** How to stop each subscription. */
  const topics = new Map<string, () => void>();
  const mySubmits = new Map<string, number>();
  /** Jobs of this connection that it still follows. */
  let following = 0;
  let pending = 0;
  let malformed = 0;
  let over = false;
  const say = (message: LiveServerMessage) => sender.send(message);

  const subscribe = async ({ topic, since, after }: Message<'subscribe'>) => {
    if (topics.size >= maxTopics && !topics.has(topic))
      throw new AppError('too_many_requests', 'Too many subscriptions');
    const place = await deps.authorize(userId, topic);
    if (place === null) throw new AppError('not_found', 'There is no such topic');
    if (over) return;
    topics.get(topic)?.();
    if (topic.startsWith('job:')) {
      topics.set(topic, followOutput({ hub, jobs, say, workspaceId: place.workspaceId, topic, after }));
      return;
    }
    const tell = ({ position, event }: HubEvent) => say({ type: 'event', topic, position, event });
    const { status, position, missed, stop } = hub.subscribe(place.workspaceId, topic, since, tell);
    topics.set(topic, stop);
    say({ type: status, topic, position });
    for (const event of missed) tell(event);
  };
  const unsubscribe = ({ topic }: Message<'unsubscribe'>) => {
    topics.get(topic)?.();
    topics.delete(topic);
  };

  const isBelieved = (workspaceId: string) => deps.clock.now() < (mySubmits.get(workspaceId) ?? 0);
  const checkSubmit = async (workspaceId: string) => {
    if (!(await deps.maySubmit(userId, workspaceId))) throw new AppError('forbidden');
    mySubmits.set(workspaceId, deps.clock.now() + believeFor);
  };
  const submit = async ({ id, workspaceId, jobs: wanted, follow }: Message<'submit'>) => {
    if (pending + wanted.length > maxPending) throw new AppError('too_many_requests', 'Wait for answers first');
    pending += wanted.length;
    try {
      if (!isBelieved(workspaceId)) await checkSubmit(workspaceId);
      const jobIds = await jobs.submit(workspaceId, userId, wanted.map(withoutOrigin));
      answerSubmit(id, jobIds, follow);
      if (follow === true && wanted.some(hasKey)) await tellFinished(jobIds);
    } finally {
      pending -= wanted.length;
    }
  };
  const answerSubmit = (id: number, jobIds: string[], follow: boolean | undefined) => {
    say({ type: 'submitted', id, jobIds });
    if (follow === true && !over) for (const jobId of jobIds) followEnd(jobId);
  };
  /**
   * Many calls that came in one frame are checked and written as one, which costs each of them less. Where that is
   * refused nothing was kept, and each is looked at for itself, so that only the one at fault is refused.
   */
  const submitTogether = async (calls: readonly Message<'submit'>[], workspaceId: string, count: number) => {
    pending += count;
    let jobIds: string[];
    try {
      jobIds = await jobs.submit(
        workspaceId,
        userId,
        calls.flatMap((call) => call.jobs.map(withoutOrigin)),
      );
    } catch {
      for (const call of calls) submitAlone(call);
      return;
    } finally {
      pending -= count;
    }
    let from = 0;
    for (const { id, jobs: mine, follow } of calls) {
      answerSubmit(id, jobIds.slice(from, from + mine.length), follow);
      from += mine.length;
    }
  };
  const submitAlone = (call: Message<'submit'>) => {
    submit(call).catch((error: unknown) => complain(error, { id: call.id }));
  };
  const tellEnd = (job: Job) => {
    following -= 1;
    say(finishedMessage(job));
  };
  const followEnd = (jobId: string) => {
    followers.add(jobId, tellEnd);
    following += 1;
  };
  /** With an idempotency key a job may have finished long ago. */
  const tellFinished = async (jobIds: readonly string[]) => {
    for (const jobId of jobIds) {
      const job = await jobs.get(jobId);
      if (job !== null && finishedJobStates.includes(job.state) && followers.remove(jobId, tellEnd)) tellEnd(job);
    }
  };

  const complain = (error: unknown, about: { id?: number; topic?: string }) => {
    if (!(error instanceof AppError)) deps.log.error({ err: error }, 'A live message failed');
    say({ type: 'problem', ...about, problem: toProblem(error) });
  };
  const perform = (message: LiveClientMessage): void => {
    switch (message.type) {
      case 'subscribe':
        subscribe(message).catch((error: unknown) => complain(error, { topic: message.topic }));
        return;
      case 'unsubscribe':
        unsubscribe(message);
        return;
      case 'submit':
        submitAlone(message);
        return;
      case 'ping':
        say({ type: 'pong' });
        return;
      default:
        message satisfies never;
    }
  };

  /** Calls of this frame that came one after another and can be made as one. */
  let gathered: Message<'submit'>[] = [];
  let jobsGathered = 0;
  /** Whether the call joins those before it. */
  const gather = (message: LiveClientMessage): boolean => {
    if (message.type !== 'submit' || !isBelieved(message.workspaceId) || message.jobs.some(hasKey)) return false;
    const [first] = gathered;
    const count = jobsGathered + message.jobs.length;
    if (first !== undefined && (first.workspaceId !== message.workspaceId || count > mostTogether)) submitGathered();
    gathered.push(message);
    jobsGathered += message.jobs.length;
    return true;
  };
  const submitGathered = () => {
    const [calls, count, [first]] = [gathered, jobsGathered, gathered];
    if (first === undefined) return;
    gathered = [];
    jobsGathered = 0;
    if (calls.length === 1 || pending + count > maxPending) for (const call of calls) submitAlone(call);
    else void submitTogether(calls, first.workspaceId, count);
  };

  return {
    read(frame: string) {
      if (over) return;
      const messages = codec.decode(frame);
      if (!bound.allows(messages.length, deps.clock.now())) return sender.close(liveCloseCodes.flood, 'flood');
      if (frame.startsWith('[')) sender.allowBatches();
      for (const decoded of messages) {
        if (decoded.status === 'message') {
          malformed = 0;
          if (gather(decoded.message)) continue;
          submitGathered();
          perform(decoded.message);
          continue;
        }
        malformed += 1;
        const what =
          decoded.status === 'unknown' ? `Unknown message "${decoded.type}"` : `${decoded.path} ${decoded.detail}`;
        complain(new AppError('bad_request', what.trim()), {});
        if (malformed >= malformedInARow) return sender.close(liveCloseCodes.malformed, 'malformed');
      }
      submitGathered();
    },
    closed() {
      over = true;
      for (const stop of topics.values()) stop();
      topics.clear();
      if (following > 0) followers.removeAll(tellEnd);
    },
  };
}

function finishedMessage({ id, state, result, error }: Job): LiveServerMessage {
  return {
    type: 'finished',
    jobId: id,
    state,
    ...(state === 'succeeded' ? { result: result ?? null } : {}),
    ...(error === undefined ? {} : { error }),
  };
}
