/**
 * The connection to one host as a pure state machine; link.ts performs its effects.
 *
 *     resting ──start──▶ connecting ──opened──▶ registering ──registered──▶ online
 *                            ▲                       │                        │
 *                            │            closed, refused, too slow        closed, silent
 *                            └──retry── waiting ◀────┴────────────────────────┘
 *
 * From every state `stop` leads to `stopped`, and `resumed` (the machine woke up) skips the waiting (N6).
 */
import { type NodeTimings, nodeCloseCodes, nodeTimings } from '../../shared/protocol/node.ts';
import { heartbeatDelay, reconnectDelay } from './backoff.ts';

export type LinkState =
  | { name: 'resting' }
  | { name: 'waiting'; tries: number }
  | { name: 'connecting'; tries: number }
  | { name: 'registering'; tries: number }
  | { name: 'online'; heartbeatMs: number }
  | { name: 'stopped' };

export type LinkEvent =
  | { type: 'start' }
  | { type: 'opened' }
  | { type: 'challenged'; nonce: string }
  | { type: 'registered'; heartbeatSeconds: number | undefined }
  | { type: 'refused' }
  | { type: 'closed'; code: number }
  /** Anything came from the host, a pong too. */
  | { type: 'heard' }
  | { type: 'timer'; timer: LinkTimer }
  | { type: 'resumed' }
  /** There is something new to register with: at once, also where a connection stands. */
  | { type: 'anew' }
  | { type: 'stop' };

export type LinkTimer = 'retry' | 'handshake' | 'heartbeat' | 'silence';

export type LinkEffect =
  | { type: 'open' }
  | { type: 'close' }
  | { type: 'register' }
  | { type: 'prove'; nonce: string }
  | { type: 'heartbeat' }
  | { type: 'set'; timer: LinkTimer; ms: number }
  | { type: 'clear'; timer: LinkTimer }
  /** The host is there: running jobs were told, results may go. */
  | { type: 'online' }
  | { type: 'offline'; reason: OfflineReason };

export type OfflineReason = 'away' | 'refused' | 'replaced' | 'removed' | 'stopped';

export interface LinkStep {
  state: LinkState;
  effects: LinkEffect[];
}

/** After waking up a socket that still stands must answer this soon. */
const wakeMs = 5_000;
/** Tries after which the wait has its full length; used where trying sooner cannot help. */
const patient = 6;

/** A draw, and the timings that hold. */
interface Chance {
  readonly random: number;
  readonly timings: NodeTimings;
}

/** What follows from an event. `random` in [0, 1). An event that does not fit the state changes nothing. */
export function stepLink(
  state: LinkState,
  event: LinkEvent,
  random: number,
  timings: NodeTimings = nodeTimings,
): LinkStep {
  const chance = { random, timings };
  if (event.type === 'stop') return stop(state);
  if (event.type === 'anew') return anew(state, chance);
  switch (state.name) {
    case 'resting':
      return event.type === 'start' ? connect(0, chance) : stay(state);
    case 'waiting':
      return waiting(state, event, chance);
    case 'connecting':
      return connecting(state, event, chance);
    case 'registering':
      return registering(state, event, chance);
    case 'online':
      return online(state, event, chance);
    case 'stopped':
      return stay(state);
  }
}

function waiting(state: LinkState & { name: 'waiting' }, event: LinkEvent, chance: Chance): LinkStep {
  if (event.type === 'timer' && event.timer === 'retry') return connect(state.tries, chance);
  if (event.type === 'resumed') return prefix([{ type: 'clear', timer: 'retry' }], connect(0, chance));
  return stay(state);
}

function connecting(state: LinkState & { name: 'connecting' }, event: LinkEvent, chance: Chance): LinkStep {
  if (event.type === 'opened')
    return { state: { name: 'registering', tries: state.tries }, effects: [{ type: 'register' }] };
  return handshakeFailed(state, event, chance);
}

function registering(state: LinkState & { name: 'registering' }, event: LinkEvent, chance: Chance): LinkStep {
  if (event.type === 'challenged') return { state, effects: [{ type: 'prove', nonce: event.nonce }] };
  if (event.type === 'registered') return begin(event.heartbeatSeconds, chance);
  if (event.type === 'refused') return lose(patient, 'refused', chance, true);
  return handshakeFailed(state, event, chance);
}

function handshakeFailed(state: LinkState & { tries: number }, event: LinkEvent, chance: Chance): LinkStep {
  if (event.type === 'closed') return lose(triesAfter(event.code, state.tries), reasonOf(event.code), chance, false);
  if (event.type === 'timer' && event.timer === 'handshake') return lose(state.tries, 'away', chance, true);
  return stay(state);
}

function begin(heartbeatSeconds: number | undefined, chance: Chance): LinkStep {
  const heartbeatMs = heartbeatSeconds === undefined ? chance.timings.heartbeat : bounded(heartbeatSeconds * 1_000);
  return {
    state: { name: 'online', heartbeatMs },
    effects: [
      { type: 'clear', timer: 'handshake' },
      { type: 'set', timer: 'heartbeat', ms: heartbeatDelay(heartbeatMs, chance.random) },
      { type: 'set', timer: 'silence', ms: chance.timings.suspectAfter },
      { type: 'online' },
    ],
  };
}

function online(state: LinkState & { name: 'online' }, event: LinkEvent, chance: Chance): LinkStep {
  switch (event.type) {
    case 'heard':
      return { state, effects: [{ type: 'set', timer: 'silence', ms: chance.timings.suspectAfter }] };
    case 'timer':
      if (event.timer === 'silence') return lose(0, 'away', chance, true);
      return event.timer === 'heartbeat' ? { state, effects: beat(state.heartbeatMs, chance) } : stay(state);
    case 'resumed':
      return { state, effects: [...beat(state.heartbeatMs, chance), { type: 'set', timer: 'silence', ms: wakeMs }] };
    case 'closed':
      return lose(triesAfter(event.code, 0), reasonOf(event.code), chance, false);
    default:
      return stay(state);
  }
}

function beat(heartbeatMs: number, chance: Chance): LinkEffect[] {
  return [{ type: 'heartbeat' }, { type: 'set', timer: 'heartbeat', ms: heartbeatDelay(heartbeatMs, chance.random) }];
}

function connect(tries: number, chance: Chance): LinkStep {
  const effects: LinkEffect[] = [{ type: 'set', timer: 'handshake', ms: chance.timings.handshake }, { type: 'open' }];
  return { state: { name: 'connecting', tries }, effects };
}

/** The connection is gone: wait as long as N6 says, then try again. */
function lose(tries: number, reason: OfflineReason, chance: Chance, close: boolean): LinkStep {
  const effects: LinkEffect[] = [
    ...(close ? [{ type: 'close' } as const] : []),
    ...clearAll,
    { type: 'set', timer: 'retry', ms: reconnectDelay(tries, chance.random, chance.timings) },
    { type: 'offline', reason },
  ];
  return { state: { name: 'waiting', tries: tries + 1 }, effects };
}

function anew(state: LinkState, chance: Chance): LinkStep {
  if (state.name === 'resting' || state.name === 'stopped') return stay(state);
  const close: LinkEffect[] = state.name === 'waiting' ? [] : [{ type: 'close' }];
  const away: LinkEffect[] = state.name === 'online' ? [{ type: 'offline', reason: 'away' }] : [];
  return prefix([...close, ...clearAll, { type: 'clear', timer: 'retry' }, ...away], connect(0, chance));
}

function stop(state: LinkState): LinkStep {
  if (state.name === 'stopped') return stay(state);
  const open = state.name === 'connecting' || state.name === 'registering' || state.name === 'online';
  const effects: LinkEffect[] = [
    ...(open ? [{ type: 'close' } as const] : []),
    ...clearAll,
    { type: 'clear', timer: 'retry' },
    { type: 'offline', reason: 'stopped' },
  ];
  return { state: { name: 'stopped' }, effects };
}

const clearAll: readonly LinkEffect[] = [
  { type: 'clear', timer: 'handshake' },
  { type: 'clear', timer: 'heartbeat' },
  { type: 'clear', timer: 'silence' },
];

/** Where the host said that coming back soon cannot help, the wait has its full length at once. */
function triesAfter(code: number, tries: number): number {
  const hopeless: readonly number[] = [nodeCloseCodes.refused, nodeCloseCodes.replaced, nodeCloseCodes.removed];
  return hopeless.includes(code) ? Math.max(patient, tries) : tries;
}

function reasonOf(code: number): OfflineReason {
  if (code === nodeCloseCodes.refused) return 'refused';
  if (code === nodeCloseCodes.replaced) return 'replaced';
  return code === nodeCloseCodes.removed ? 'removed' : 'away';
}

/** What a host may ask for as the time between heartbeats: no storm, and never so rare that it takes us for lost. */
function bounded(ms: number): number {
  return Math.min(30_000, Math.max(250, ms));
}

function stay(state: LinkState): LinkStep {
  return { state, effects: [] };
}

function prefix(effects: LinkEffect[], step: LinkStep): LinkStep {
  return { state: step.state, effects: [...effects, ...step.effects] };
}
