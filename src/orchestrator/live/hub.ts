/**
 * Live events of all workspaces (data.md, Live): one (epoch, sequence) per workspace in memory, a new epoch at every
 * start, and a bounded ring of recent events from which a subscriber that was away for a moment is served.
 */
import type { LiveEvent, Position } from '../../shared/protocol/live.ts';
import { sizeUpTo } from '../flows/values.ts';
import type { LiveHub } from '../services.ts';

export interface HubEvent {
  readonly topic: string;
  readonly position: Position;
  readonly event: LiveEvent;
}

export interface Subscription {
  /** `refetch`: what happened since is not known any more. */
  readonly status: 'subscribed' | 'refetch';
  readonly position: Position;
  /** What happened since, in order. */
  readonly missed: readonly HubEvent[];
  stop(): void;
}

export interface EventHub extends LiveHub {
  /** Hears everything on a topic from now on, and is told what happened since `since`. */
  subscribe(
    workspaceId: string,
    topic: string,
    since: Position | undefined,
    listener: (event: HubEvent) => void,
  ): Subscription;
  /** Whether anybody listens; lets publishers save work whose result nobody would see. */
  hears(topic: string): boolean;
  /** Whether anybody listens to any job: what happens to jobs is told thousands of times a second, mostly to nobody. */
  readonly hearsStreams: boolean;
}

interface Channel {
  seq: number;
  /** Events with a place in the sequence, the oldest first. */
  recent: Kept[];
  /** About how many bytes they take as JSON. */
  bytes: number;
}
interface Kept {
  readonly message: HubEvent;
  readonly bytes: number;
}

/** How many events of a workspace are kept for those who come back: at most twice as many, at least so many. */
export const ringSize = 500;
/** Fewer of them where they are large: whoever comes back from longer ago reads anew. */
export const ringBytes = 2 * 1024 * 1024;

/** `epoch` is different at every start. */
export function createLiveHub(epoch: string): EventHub {
  const channels = new Map<string, Channel>();
  const listeners = new Map<string, Set<(event: HubEvent) => void>>();
  /** Of `listeners`, those to streams of jobs. */
  let streams = 0;
  const channelOf = (workspaceId: string) => {
    const channel = channels.get(workspaceId) ?? { seq: 0, recent: [], bytes: 0 };
    channels.set(workspaceId, channel);
    return channel;
  };
  const position = (workspaceId: string): Position => ({ epoch, seq: channels.get(workspaceId)?.seq ?? 0 });

  return {
    position,
    hears: (topic) => listeners.has(topic),
    get hearsStreams() {
      return streams > 0;
    },
    publish(workspaceId, topic, event) {
      const here = listeners.get(topic);
      const message = isStream(topic)
        ? here && { topic, position: position(workspaceId), event }
        : remember(channelOf(workspaceId), epoch, topic, event);
      if (here !== undefined && message !== undefined) for (const listener of here) listener(message);
    },
    subscribe(workspaceId, topic, since, listener) {
      const here = listeners.get(topic) ?? new Set();
      if (isStream(topic) && !listeners.has(topic)) streams += 1;
      listeners.set(topic, here);
      here.add(listener);
      const missed = isStream(topic)
        ? []
        : since === undefined
          ? []
          : missedSince(channelOf(workspaceId), epoch, topic, since);
      return {
        status: missed === null ? 'refetch' : 'subscribed',
        position: position(workspaceId),
        missed: missed ?? [],
        stop() {
          here.delete(listener);
          if (here.size > 0 || listeners.get(topic) !== here) return;
          listeners.delete(topic);
          if (isStream(topic)) streams -= 1;
        },
      };
    },
  };
}

/** Streams of jobs resume by (attempt, chunk), not by the workspace's sequence; they do not push others out of the ring. */
const isStream = (topic: string) => topic.startsWith('job:');

function remember(channel: Channel, epoch: string, topic: string, event: LiveEvent): HubEvent {
  channel.seq += 1;
  const message = { topic, position: { epoch, seq: channel.seq }, event };
  const bytes = roughBytes(event);
  channel.recent.push({ message, bytes });
  channel.bytes += bytes;
  // Cut in halves, so that a busy workspace does not move the whole ring at every event.
  if (channel.recent.length >= 2 * ringSize) keepLast(channel, ringSize, ringBytes);
  else if (channel.bytes > ringBytes) keepLast(channel, ringSize, ringBytes / 2);
  return message;
}

/** Steps come by the hundred, so of them only what may be long is looked at. */
function roughBytes(event: LiveEvent): number {
  if (event.kind !== 'steps.changed') return sizeUpTo(event, ringBytes);
  return event.steps.reduce(
    (sum, { summary, error }) => sum + 300 + (summary?.length ?? 0) + (error?.message.length ?? 0),
    0,
  );
}

/** Drops the oldest until at most so many are left, of at most so many bytes. */
function keepLast(channel: Channel, most: number, bytes: number): void {
  let first = Math.max(0, channel.recent.length - most);
  let left = channel.recent.slice(first).reduce((sum, kept) => sum + kept.bytes, 0);
  for (; left > bytes; first += 1) left -= channel.recent[first]?.bytes ?? left;
  channel.recent = channel.recent.slice(first);
  channel.bytes = left;
}

function missedSince(channel: Channel, epoch: string, topic: string, since: Position): HubEvent[] | null {
  if (since.epoch !== epoch || since.seq > channel.seq) return null;
  const first = channel.recent[0]?.message.position.seq ?? channel.seq + 1;
  if (since.seq + 1 < first) return null;
  const missed = channel.recent.slice(since.seq + 1 - first).map(({ message }) => message);
  return missed.filter((message) => message.topic === topic);
}
