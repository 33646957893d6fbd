import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { type LogLevel, logLevel } from './config.ts';
import { redact, scrub } from './redact.ts';

export type { Logger } from 'pino';

export interface LogOptions {
  /** Which program speaks: `orchestrator`, `worker`, `main`, `host`. */
  name: string;
  level?: LogLevel;
  /** Where the lines go; stderr by default, so that stdout stays for answers. */
  to?: DestinationStream;
}

/**
 * A logger that writes one JSON object a line, with secrets taken out: by field name before it is written, and by
 * shape (bearer tokens, tickets and codes in addresses) from the finished line.
 */
export function createLogger({ name, level = logLevel(), to }: LogOptions): Logger {
  return pino(
    {
      name,
      level,
      base: { name },
      formatters: { log: redact, level: (label) => ({ level: label }) },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      hooks: { streamWrite: scrub },
    },
    to ?? destination({ fd: 2, sync: false }),
  );
}
