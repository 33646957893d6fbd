import type { Agent } from 'node:https';
import { WebSocket } from 'ws';
import { AppError } from '../../shared/errors.ts';
import { limits } from '../../shared/model/values.ts';
import { createCodec } from '../../shared/protocol/codec.ts';
import {
  type HostMessage,
  type HostMessageOf,
  hostMessages,
  type NodeMessage,
  type NodeMessageOf,
  type NodeTimings,
} from '../../shared/protocol/node.ts';
import { createOutgoing, type Outgoing } from './outgoing.ts';
import {
  type LinkEffect,
  type LinkEvent,
  type LinkState,
  type LinkTimer,
  type OfflineReason,
  stepLink,
} from './state.ts';

/** What a connection needs to know of its node, and whom it tells. */
export interface LinkOptions {
  /** Origin of the host, http or https. */
  url: string;
  /** Takes only the pinned certificate (S4); without it the machine's own authorities decide. */
  agent?: Agent | undefined;
  /** Asked at each registration, since limits and running jobs change. */
  register(): NodeMessageOf<'register'>;
  heartbeat(): NodeMessageOf<'heartbeat'>;
  prove(nonce: string): string;
  onOnline(registered: HostMessageOf<'registered'>): void;
  onOffline(reason: OfflineReason): void;
  /** Everything after `registered`. */
  onMessage(message: HostMessage): void;
  /** What was not understood or failed, for the log. */
  onTrouble(what: string, detail: Record<string, unknown>): void;
  random?: () => number;
  timings?: NodeTimings;
}

export interface Link {
  start(): void;
  /** Sends when online; what is sent otherwise is dropped: whoever needs an answer asks again when online. */
  send(message: NodeMessage): void;
  /** The machine woke from sleep. */
  resumed(): void;
  /** There is something new to register with: connects anew, at once. */
  anew(): void;
  readonly online: boolean;
  /** Sends `leave`, closes and stays closed. */
  stop(): Promise<void>;
}

const codec = createCodec(hostMessages);

/** One connection to one host: the sockets and timers around the state machine of state.ts. */
export function createLink(options: LinkOptions): Link {
  const random = options.random ?? Math.random;
  const timers = new Map<LinkTimer, NodeJS.Timeout>();
  let state: LinkState = { name: 'resting' };
  let socket: WebSocket | null = null;
  let outgoing: Outgoing<NodeMessage> | null = null;
  let registered: HostMessageOf<'registered'> | null = null;
  let ended: Promise<void> = Promise.resolve();

  const handle = (event: LinkEvent) => {
    const step = stepLink(state, event, random(), options.timings);
    state = step.state;
    for (const effect of step.effects) perform(effect);
  };

  const perform = (effect: LinkEffect) => {
    switch (effect.type) {
      case 'open':
        open();
        return;
      case 'close':
        close();
        return;
      case 'register':
        outgoing?.send(options.register());
        return;
      case 'prove':
        outgoing?.send({ type: 'proof', signature: options.prove(effect.nonce) });
        return;
      case 'heartbeat':
        outgoing?.send(options.heartbeat());
        socket?.ping();
        return;
      case 'set':
        clearTimeout(timers.get(effect.timer));
        timers.set(
          effect.timer,
          setTimeout(() => handle({ type: 'timer', timer: effect.timer }), effect.ms),
        );
        return;
      case 'clear':
        clearTimeout(timers.get(effect.timer));
        return;
      case 'online':
        if (registered !== null) options.onOnline(registered);
        return;
      case 'offline':
        options.onOffline(effect.reason);
        return;
    }
  };

  const open = () => {
    const opened = new WebSocket(socketUrl(options.url), {
      maxPayload: limits.frame,
      perMessageDeflate: false,
      ...(options.agent === undefined ? {} : { agent: options.agent }),
    });
    socket = opened;
    outgoing = createOutgoing((frame) => {
      if (opened.readyState === WebSocket.OPEN) opened.send(frame);
    });
    // What an older socket still says is not for the present session (N5).
    const current = (event: () => void) => {
      if (socket === opened) event();
    };
    ended = new Promise((resolve) => opened.once('close', () => resolve()));
    opened.on('open', () => current(() => handle({ type: 'opened' })));
    opened.on('pong', () => current(() => handle({ type: 'heard' })));
    opened.on('message', (data) => current(() => receive(String(data))));
    opened.on('error', (error) => current(() => options.onTrouble(troubleOf(error), { error: error.message })));
    opened.on('close', (code) => current(() => lost(code)));
  };

  const lost = (code: number) => {
    socket = null;
    outgoing = null;
    handle({ type: 'closed', code });
  };

  const close = () => {
    const closing = socket;
    outgoing?.flush();
    socket = null;
    outgoing = null;
    if (closing === null) return;
    closing.close(1000);
    // A peer that does not answer the close is left after a second.
    const timer = setTimeout(() => closing.terminate(), 1_000);
    void ended.then(() => clearTimeout(timer));
  };

  const receive = (frame: string) => {
    handle({ type: 'heard' });
    for (const decoded of codec.decode(frame)) {
      if (decoded.status === 'message') accept(decoded.message);
      else options.onTrouble('message', decoded);
    }
  };

  const accept = (message: HostMessage) => {
    switch (message.type) {
      case 'challenge':
        return handle({ type: 'challenged', nonce: message.nonce });
      case 'registered':
        registered = message;
        return handle({ type: 'registered', heartbeatSeconds: message.heartbeat_seconds });
      case 'error':
        options.onTrouble('host', { code: message.code, message: message.message });
        return message.code === 'registration_refused' ? handle({ type: 'refused' }) : undefined;
      default:
        return state.name === 'online' ? options.onMessage(message) : undefined;
    }
  };

  return {
    start: () => handle({ type: 'start' }),
    send: (message) => {
      if (state.name === 'online') outgoing?.send(message);
    },
    resumed: () => handle({ type: 'resumed' }),
    anew: () => handle({ type: 'anew' }),
    get online() {
      return state.name === 'online';
    },
    async stop() {
      if (state.name === 'online') outgoing?.send({ type: 'leave' });
      handle({ type: 'stop' });
      await ended;
    },
  };
}

/** A host that shows another certificate is no host that is away. */
function troubleOf(error: Error): string {
  return error instanceof AppError ? error.code : 'socket';
}

function socketUrl(origin: string): string {
  const url = new URL('/ws/node', origin);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
