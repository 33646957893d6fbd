import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { type Clock, systemClock } from '../shared/clock.ts';
import { type ServiceFailed, ServiceFailedSchema } from '../shared/services.ts';
import { afterEnd, type Life, noHistory, type RestartHistory, type RestartLimits } from './restart-policy.ts';
import { EXIT_FAILED } from './service.ts';
import type { ServiceProcess } from './service-process.ts';

/**
 * Keeps one service running.
 *
 *   starting ──ready──▶ ready ──ends──▶ waiting ──delay──▶ starting
 *      │ ends, or not ready in time ──▶ waiting
 *      │ says that it failed for a passing reason ──▶ waiting
 *      └ says `failed`, or never gets ready ──▶ failed
 *   any ──stop()──▶ stopping ──▶ stopped
 */
export type ServiceState<Ready> =
  | { state: 'starting' }
  | { state: 'ready'; pid: number | undefined; ready: Ready }
  | { state: 'waiting'; until: number; reason: string }
  | { state: 'failed'; failure: ServiceFailed }
  | { state: 'stopping' }
  | { state: 'stopped' };

export interface SuperviseOptions<Schema extends TSchema> {
  name: string;
  fork: () => ServiceProcess;
  /** The first message of each life; asked for anew, since tokens and addresses may have changed. */
  startMessage: () => unknown;
  readySchema: Schema;
  onState?: (state: ServiceState<Static<Schema>>) => void;
  /** What the service says besides `ready` and `failed`; whoever listens checks its form. `answer` reaches the life that said it, also while that starts. */
  onMessage?: (message: unknown, answer: (message: unknown) => void) => void;
  onOutput?: (text: string) => void;
  /** Milliseconds. */
  readyDeadline?: number;
  /** Milliseconds from `stop` to SIGTERM, and again from there to SIGKILL. */
  stopDeadline?: number;
  restart?: RestartLimits;
  clock?: Clock;
  random?: () => number;
}

export interface Supervised<Ready> {
  state(): ServiceState<Ready>;
  /** Resolves with the first (or present) `ready`; rejects with a ServiceFailedError when it is given up, or stopped before. */
  ready(): Promise<Ready>;
  /** Tells the present life something; false where there is none that is ready, and the next start message has to say it. */
  send(message: unknown): boolean;
  /** Starts it anew at once, whatever its state: one that runs is ended first. What went wrong before is forgotten. */
  restart(): void;
  /** Asks the service to end, then SIGTERM, then SIGKILL; resolves when it is gone. Calling it again waits for the same end. */
  stop(): Promise<void>;
}

export class ServiceFailedError extends Error {
  readonly code: string;
  /** What the service itself said. */
  readonly reason: string;

  constructor(name: string, failure: ServiceFailed) {
    super(`${name}: ${failure.message}`);
    this.name = 'ServiceFailedError';
    this.code = failure.code;
    this.reason = failure.message;
  }
}

export function supervise<Schema extends TSchema>(options: SuperviseOptions<Schema>): Supervised<Static<Schema>> {
  type Ready = Static<Schema>;
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const stopDeadline = options.stopDeadline ?? 12_000;
  let current: ServiceState<Ready> = { state: 'starting' };
  let hasServed = false;
  let history: RestartHistory = noHistory;
  let running: { process: ServiceProcess; gone: Promise<void> } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped: Promise<void> | undefined;
  let askedAnew = false;
  const listeners = new Set<(state: ServiceState<Ready>) => void>();

  const enter = (state: ServiceState<Ready>) => {
    current = state;
    options.onState?.(state);
    for (const listener of [...listeners]) listener(state);
  };

  const live = () => {
    enter({ state: 'starting' });
    const process = options.fork();
    let readyAt: number | null = null;
    let failure: ServiceFailed | undefined;
    let late = false;
    const deadline = setTimeout(() => {
      late = true;
      process.kill('SIGKILL');
    }, options.readyDeadline ?? 60_000);

    process.onMessage((message) => {
      if (Value.Check(options.readySchema, message) && readyAt === null && current.state === 'starting') {
        clearTimeout(deadline);
        readyAt = clock.now();
        hasServed = true;
        enter({ state: 'ready', pid: process.pid, ready: message as Ready });
      } else if (Value.Check(ServiceFailedSchema, message)) failure = message;
      else options.onMessage?.(message, (reply) => process.send(reply));
    });
    let lastWords = '';
    process.onOutput((text) => {
      lastWords = (lastWords + text).slice(-2_000);
      options.onOutput?.(text);
    });

    const gone = new Promise<void>((resolve) => {
      process.onExit((how) => {
        clearTimeout(deadline);
        running = undefined;
        resolve();
        if (stopped !== undefined) return;
        if (askedAnew) return liveAnew();
        const reason = late ? 'it did not get ready in time' : `it ended with ${how}`;
        const readyFor = readyAt === null ? null : clock.now() - readyAt;
        if (failure?.passing === true) againLater(failure, readyFor);
        else if (failure !== undefined || how === EXIT_FAILED) giveUp(failure ?? unexplained(reason));
        else again(reason, { readyFor }, unexplained(`${reason}, again and again\n${lastWords}`.trimEnd()));
      });
    });
    running = { process, gone };
    process.send(options.startMessage());
  };

  /** Somebody waits for the first `ready`, and is told; what has served before goes on when it can, however long that takes. */
  const againLater = (failure: ServiceFailed, readyFor: number | null) =>
    again(failure.message, { readyFor, excused: hasServed }, failure);

  const again = (reason: string, life: Life, failure: ServiceFailed) => {
    const decision = afterEnd(history, life, random(), options.restart);
    history = decision.history;
    if (decision.do === 'give-up') return giveUp(failure);
    enter({ state: 'waiting', until: clock.now() + decision.delay, reason });
    timer = setTimeout(live, decision.delay);
  };

  const giveUp = (failure: ServiceFailed) => enter({ state: 'failed', failure });

  const liveAnew = () => {
    clearTimeout(timer);
    askedAnew = false;
    history = noHistory;
    live();
  };

  const end = async () => {
    clearTimeout(timer);
    if (current.state !== 'failed') enter({ state: 'stopping' });
    if (running !== undefined) await endProcess(running.process, running.gone, stopDeadline);
    enter({ state: 'stopped' });
  };

  live();
  return {
    state: () => current,
    ready: () =>
      new Promise((resolve, reject) => {
        const settle = (state: ServiceState<Ready>) => {
          if (state.state === 'ready') resolve(state.ready);
          else if (state.state === 'failed') reject(new ServiceFailedError(options.name, state.failure));
          else if (state.state === 'stopped')
            reject(new ServiceFailedError(options.name, unexplained('it was stopped')));
          else return;
          listeners.delete(settle);
        };
        listeners.add(settle);
        settle(current);
      }),
    send: (message) => {
      if (current.state !== 'ready' || running === undefined) return false;
      running.process.send(message);
      return true;
    },
    restart: () => {
      if (stopped !== undefined || askedAnew) return;
      if (running === undefined) return liveAnew();
      askedAnew = true;
      void endProcess(running.process, running.gone, stopDeadline);
    },
    stop: () => {
      stopped ??= end();
      return stopped;
    },
  };
}

/** `stop`, then SIGTERM, then SIGKILL, each after the deadline (milliseconds). */
async function endProcess(process: ServiceProcess, gone: Promise<void>, deadline: number): Promise<void> {
  process.send({ type: 'stop' });
  const term = setTimeout(() => process.kill('SIGTERM'), deadline);
  const kill = setTimeout(() => process.kill('SIGKILL'), deadline * 2);
  await gone;
  clearTimeout(term);
  clearTimeout(kill);
}

function unexplained(message: string): ServiceFailed {
  return { type: 'failed', code: 'internal', message };
}
