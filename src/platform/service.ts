import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { AppError } from '../shared/errors.ts';
import { type ServiceFailed, StopMessageSchema } from '../shared/services.ts';
import { waitForLock } from './lock-file.ts';
import { type ParentChannel, parentChannel } from './parent-channel.ts';

/** What a started service hands back: what it tells its parent, and how it stops. */
export interface Started<Ready> {
  ready: Ready;
  /** Ends in order; awaited, and bounded by `stopDeadline`. */
  stop(reason: string): Promise<void>;
}

/** The process that started this one, once it has said with what. */
export interface Parent {
  tell(message: unknown): void;
  /** Takes all that it says from the start on, also what came already; whoever listens checks the form. At most one listens. */
  listen(receive: (message: unknown) => void): void;
}

export interface ServiceOptions<Start extends TSchema, Ready> {
  /** The first message of the parent (src/shared/services.ts). */
  startSchema: Start;
  start(message: Static<Start>, parent: Parent): Promise<Started<Ready>>;
  /** The lock file of what this service alone may use, such as its data folder; held until it ends. */
  lock?: (message: Static<Start>) => string;
  /** Milliseconds that stopping may take before the process ends itself; default 10 s. */
  stopDeadline?: number;
  channel?: ParentChannel;
  exit?: (code: number) => void;
}

/** What is lacking now and may be there in a while: room, memory, files, a lock; and a disk that did not answer. */
const passingCodes: ReadonlySet<string> = new Set([
  ...['disk_full', 'ENOSPC', 'EDQUOT', 'SQLITE_FULL'],
  ...['EIO', 'SQLITE_IOERR', 'EBUSY', 'SQLITE_BUSY', 'SQLITE_LOCKED'],
  ...['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM', 'SQLITE_NOMEM'],
]);

/** Exit code of a service that must not be started again: what went wrong will go wrong again. */
export const EXIT_FAILED = 78;

/**
 * Runs a service of this process: waits for the parent's `start`, answers `ready` or `failed`, and stops once on `stop`,
 * on SIGTERM, or when the parent is gone. SIGINT is the parent's affair: a terminal sends it to all, the parent orders the end.
 */
export function runService<Start extends TSchema, Ready extends { type: 'ready' }>(
  options: ServiceOptions<Start, Ready>,
): void {
  const channel = options.channel ?? parentChannel();
  const exit = options.exit ?? ((code: number) => process.exit(code));
  let running: Promise<Started<Ready> | undefined> | undefined;
  let stopping = false;
  const heard = keepUntilHeard();

  const refuse = async (error: unknown) => {
    const failed = failure(error);
    await channel.send(failed);
    exit(failed.passing === true ? 1 : EXIT_FAILED);
  };

  const begin = async (message: Static<Start>): Promise<Started<Ready> | undefined> => {
    try {
      const lock = options.lock === undefined ? null : await waitForLock(options.lock(message));
      const started = await options.start(message, { tell: (said) => void channel.send(said), listen: heard.listen });
      if (!stopping) await channel.send(started.ready);
      const stop = async (reason: string) => {
        await started.stop(reason);
        await lock?.release();
      };
      return { ...started, stop };
    } catch (error) {
      await refuse(error);
      return undefined;
    }
  };

  const end = async (reason: string) => {
    if (stopping) return;
    stopping = true;
    const deadline = setTimeout(() => exit(1), options.stopDeadline ?? 10_000);
    try {
      const started = await running;
      await started?.stop(reason);
      exit(0);
    } catch (error) {
      process.stderr.write(`${String(error)}\n`);
      exit(1);
    } finally {
      clearTimeout(deadline);
    }
  };

  channel.onMessage((message) => {
    if (Value.Check(StopMessageSchema, message)) void end('the parent asked');
    else if (stopping) return;
    else if (running !== undefined) heard.take(message);
    else if (Value.Check(options.startSchema, message)) running = begin(message);
    else if (Value.Check(AnyStart, message)) {
      void refuse(new AppError('bad_request', 'The start message does not have the expected form'));
    }
  });
  channel.onGone(() => void end('the parent is gone'));
  process.on('SIGTERM', () => void end('SIGTERM'));
  process.on('SIGINT', () => {});
}

/** Messages that nobody listens to yet are kept, the first hundred of them. */
function keepUntilHeard(): { take(message: unknown): void; listen: Parent['listen'] } {
  const kept: unknown[] = [];
  let receive: ((message: unknown) => void) | null = null;
  return {
    take(message) {
      if (receive !== null) receive(message);
      else if (kept.length < 100) kept.push(message);
    },
    listen(next) {
      receive = next;
      for (const message of kept.splice(0)) next(message);
    },
  };
}

const AnyStart = Type.Object({ type: Type.Literal('start') });

function failure(error: unknown): ServiceFailed {
  const code = error instanceof AppError ? error.code : errorCode(error);
  const message = error instanceof Error ? error.message : String(error);
  return { type: 'failed', code, message, ...(passingCodes.has(code) ? { passing: true } : {}) };
}

/** The code of Node (EADDRINUSE, EACCES) or of SQLite where there is one. */
function errorCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'internal';
}
