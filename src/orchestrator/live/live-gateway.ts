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
const rate = { perSecond: 50_000, burst: 100_000 };
const maxTopics = 200;
/** Jobs whose submission is not answered yet, per connection. */
const maxPending = 50_000;
/** How long a "may submit" is believed; a change of role closes the socket anyway. */
const believeFor = 10_000;

const codec = createCodec(liveClientMessages);
type Message<Kind extends LiveClientMessage['type']> = Extract<LiveClientMessage, { type: Kind }>;

type Followed = Map<string, Set<(job: Job) => void>>;

export function createLiveGateway(deps: LiveGatewayDeps): LiveGateway {
  const open = new Set<Sender>();
  /** Who wants to hear of the end of which job. */
  const followed: Followed = new Map();
  const stopFollowing = deps.jobs.onFinished(({ job }) => {
    const tellAll = followed.get(job.id);
    if (tellAll === undefined) return;
    followed.delete(job.id);
    for (const tell of tellAll) tell(job);
  });

  return {
    accept(socket, userId) {
      const sender = new Sender(socket, liveCloseCodes.slow);
      open.add(sender);
      const connection = createConnection(deps, sender, userId, followed);
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

function createConnection(deps: LiveGatewayDeps, sender: Sender, userId: string, followed: Followed) {
  const { hub, jobs } = deps;
  const bound = new RateBound(rate, deps.clock.now());
  /** How to stop each subscription. */
  const topics = new Map<string, () => void>();
  const mySubmits = new Map<string, number>();
  const myJobs = new Set<string>();
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
      say({ type: 'submitted', id, jobIds });
      if (follow === true && !over) for (const jobId of jobIds) followEnd(jobId);
      if (follow === true && wanted.some(({ idempotencyKey }) => idempotencyKey !== undefined))
        await tellFinished(jobIds);
    } finally {
      pending -= wanted.length;
    }
  };
  const tellEnd = (job: Job) => {
    myJobs.delete(job.id);
    say(finishedMessage(job));
  };
  const followEnd = (jobId: string) => {
    const followers = followed.get(jobId);
    if (followers === undefined) followed.set(jobId, new Set([tellEnd]));
    else followers.add(tellEnd);
    myJobs.add(jobId);
  };
  /** With an idempotency key a job may have finished long ago. */
  const tellFinished = async (jobIds: readonly string[]) => {
    for (const jobId of jobIds) {
      const job = await jobs.get(jobId);
      if (job !== null && finishedJobStates.includes(job.state) && forgetEnd(jobId)) tellEnd(job);
    }
  };
  const forgetEnd = (jobId: string): boolean => {
    const followers = followed.get(jobId);
    const followedIt = followers?.delete(tellEnd) ?? false;
    if (followers?.size === 0) followed.delete(jobId);
    return followedIt;
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
        submit(message).catch((error: unknown) => complain(error, { id: message.id }));
        return;
      case 'ping':
        say({ type: 'pong' });
        return;
      default:
        message satisfies never;
    }
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
          perform(decoded.message);
          continue;
        }
        malformed += 1;
        const what =
          decoded.status === 'unknown' ? `Unknown message "${decoded.type}"` : `${decoded.path} ${decoded.detail}`;
        complain(new AppError('bad_request', what.trim()), {});
        if (malformed >= malformedInARow) return sender.close(liveCloseCodes.malformed, 'malformed');
      }
    },
    closed() {
      over = true;
      for (const stop of topics.values()) stop();
      topics.clear();
      for (const jobId of myJobs) forgetEnd(jobId);
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
