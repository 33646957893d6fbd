import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import {
  type LiveClientMessage,
  type LiveEvent,
  type LiveServerMessage,
  liveCloseCodes,
  type Position,
} from '../../shared/protocol/live.ts';
import { type LiveState, nextLiveState } from './live-state.ts';
import type { PlacedEvent } from './recent-events.ts';

export interface Follower {
  /** Where to start: the position of what is shown; null means from now on. */
  since(): Position | null;
  /** From here on every event will be handed on. */
  onStarted?(from: Position): void;
  /** For job topics: the last chunk that is shown. */
  after?(): { attempt: number; seq: number } | null;
  onEvents(events: readonly PlacedEvent[]): void;
  /** The position is gone: get everything again. */
  onRefetch(): void;
}

export interface Live {
  state: StoreApi<LiveState>;
  /** Follows a topic until the answer is called. Several may follow the same one. */
  follow(topic: string, follower: Follower): () => void;
  /** Tries at once instead of waiting. */
  retry(): void;
  stop(): void;
}

export interface LiveOptions {
  /** A socket's address with a fresh ticket. */
  url: () => Promise<string>;
  clock: Clock;
  random: () => number;
  connect?: (url: string) => WebSocket;
  /** Milliseconds between two times that events are handed on, all that came together; the first goes on at once (F9). */
  gather?: number;
  /** Milliseconds without a word from the host after which the connection counts as lost. */
  silence?: number;
}

interface Following {
  followers: Set<Follower>;
  last: Position | null;
  waiting: PlacedEvent[];
}

/** One socket for all topics; it reconnects by itself, and every topic goes on where it stopped. */
export function createLive({
  url,
  clock,
  random,
  connect = (to) => new WebSocket(to),
  gather = 30,
  silence = 40_000,
}: LiveOptions): Live {
  const state = createStore<LiveState>(() => ({ kind: 'idle' }));
  const topics = new Map<string, Following>();
  let socket: WebSocket | null = null;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let gatherTimer: ReturnType<typeof setTimeout> | undefined;
  let watch: ReturnType<typeof setInterval> | undefined;
  let heardAt = 0;
  let handedOnAt = Number.NEGATIVE_INFINITY;
  let opening = false;
  let stopped = false;

  const send = (message: LiveClientMessage) => {
    if (socket?.readyState === 1) socket.send(JSON.stringify(message));
  };

  const subscribe = (topic: string, following: Following) => {
    if (socket?.readyState !== 1) return;
    const first = [...following.followers][0];
    const since = following.last ?? first?.since() ?? null;
    following.last = since;
    const after = first?.after?.() ?? null;
    send({ type: 'subscribe', topic, ...(since === null ? {} : { since }), ...(after === null ? {} : { after }) });
  };

  const handOn = () => {
    gatherTimer = undefined;
    handedOnAt = clock.now();
    for (const following of topics.values()) {
      const events = following.waiting.splice(0);
      if (events.length > 0) for (const follower of following.followers) follower.onEvents(events);
    }
  };

  const onMessage = (message: LiveServerMessage) => {
    const following = 'topic' in message && message.topic !== undefined ? topics.get(message.topic) : undefined;
    switch (message.type) {
      case 'event':
        if (following === undefined) return;
        following.last = message.position;
        following.waiting.push({ position: message.position, event: message.event as LiveEvent });
        gatherTimer ??= setTimeout(handOn, Math.max(0, handedOnAt + gather - clock.now()));
        return;
      case 'subscribed':
        if (following === undefined) return;
        following.last ??= message.position;
        for (const follower of following.followers) follower.onStarted?.(following.last);
        return;
      case 'refetch':
        if (following === undefined) return;
        following.last = message.position;
        following.waiting.length = 0;
        for (const follower of following.followers) follower.onRefetch();
        return;
      case 'hello':
      case 'submitted':
      case 'finished':
      case 'problem':
      case 'pong':
        return;
    }
  };

  const onClosed = (signedOut: boolean) => {
    clearInterval(watch);
    socket = null;
    opening = false;
    if (stopped) return;
    state.setState(
      nextLiveState(state.getState(), { kind: 'closed', at: clock.now(), random: random(), signedOut }),
      true,
    );
    const now = state.getState();
    if (now.kind === 'lost') retryTimer = setTimeout(open, Math.max(0, now.nextTryAt - clock.now()));
  };

  const listen = (opened: WebSocket) => {
    socket = opened;
    let ended = false;
    const end = (signedOut: boolean) => {
      if (ended) return;
      ended = true;
      opened.onclose = null;
      opened.close();
      onClosed(signedOut);
    };
    opened.onopen = () => {
      heardAt = clock.now();
      state.setState(nextLiveState(state.getState(), { kind: 'opened' }), true);
      for (const [topic, following] of topics) subscribe(topic, following);
      watch = setInterval(() => {
        if (clock.now() - heardAt > silence) end(false);
        else send({ type: 'ping' });
      }, silence / 3);
    };
    opened.onmessage = ({ data }: MessageEvent<string>) => {
      heardAt = clock.now();
      const parsed = JSON.parse(data) as LiveServerMessage | LiveServerMessage[];
      for (const message of Array.isArray(parsed) ? parsed : [parsed]) onMessage(message);
    };
    opened.onclose = ({ code }) => end(code === liveCloseCodes.signedOut);
    opened.onerror = () => end(false);
  };

  const open = () => {
    clearTimeout(retryTimer);
    if (stopped || opening || socket !== null) return;
    opening = true;
    state.setState(nextLiveState(state.getState(), { kind: 'trying', at: clock.now() }), true);
    url()
      .then((to) => (stopped ? undefined : listen(connect(to))))
      .catch((error: unknown) => onClosed(error instanceof AppError && error.code === 'not_signed_in'))
      .finally(() => {
        opening = false;
      });
  };

  return {
    state,
    follow(topic, follower) {
      const following = topics.get(topic) ?? { followers: new Set(), last: null, waiting: [] };
      following.followers.add(follower);
      if (!topics.has(topic)) {
        topics.set(topic, following);
        if (state.getState().kind === 'idle') open();
        else subscribe(topic, following);
      }
      return () => {
        following.followers.delete(follower);
        if (following.followers.size > 0 || topics.get(topic) !== following) return;
        topics.delete(topic);
        send({ type: 'unsubscribe', topic });
      };
    },
    retry: open,
    stop() {
      stopped = true;
      clearTimeout(retryTimer);
      clearTimeout(gatherTimer);
      clearInterval(watch);
      socket?.close();
    },
  };
}
