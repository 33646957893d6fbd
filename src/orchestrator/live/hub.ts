/**
 * Live events of all workspaces (data.md, Live): one (epoch, sequence) per workspace in memory, a new epoch at every
 * start, and a bounded ring of recent events from which a subscriber that was away for a moment is served.
 */
import type { LiveEvent, Position } from '../../shared/protocol/live.ts';
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
}

interface Channel {
  seq: number;
  /** Events with a place in the sequence, the oldest first. */
  recent: HubEvent[];
}

/** How many events of a workspace are kept for those who come back: at most twice as many, at least so many. */
export const ringSize = 500;

/** `epoch` is different at every start. */
export function createLiveHub(epoch: string): EventHub {
  const channels = new Map<string, Channel>();
  const listeners = new Map<string, Set<(event: HubEvent) => void>>();
  const channelOf = (workspaceId: string) => {
    const channel = channels.get(workspaceId) ?? { seq: 0, recent: [] };
    channels.set(workspaceId, channel);
    return channel;
  };
  const position = (workspaceId: string): Position => ({ epoch, seq: channels.get(workspaceId)?.seq ?? 0 });

  return {
    position,
    hears: (topic) => listeners.has(topic),
    publish(workspaceId, topic, event) {
      const here = listeners.get(topic);
      const message = isStream(topic)
        ? here && { topic, position: position(workspaceId), event }
        : remember(channelOf(workspaceId), epoch, topic, event);
      if (here !== undefined && message !== undefined) for (const listener of here) listener(message);
    },
    subscribe(workspaceId, topic, since, listener) {
      const here = listeners.get(topic) ?? new Set();
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
          if (here.size === 0 && listeners.get(topic) === here) listeners.delete(topic);
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
  channel.recent.push(message);
  // Cut in halves, so that a busy workspace does not move the whole ring at every event.
  if (channel.recent.length >= 2 * ringSize) channel.recent = channel.recent.slice(-ringSize);
  return message;
}

function missedSince(channel: Channel, epoch: string, topic: string, since: Position): HubEvent[] | null {
  if (since.epoch !== epoch || since.seq > channel.seq) return null;
  const first = channel.recent[0]?.position.seq ?? channel.seq + 1;
  if (since.seq + 1 < first) return null;
  return channel.recent.slice(since.seq + 1 - first).filter((message) => message.topic === topic);
}
