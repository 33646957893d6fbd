import { ServiceFailedError } from '../platform/supervise.ts';
import { AppError, errorCatalogue, isErrorCode } from '../shared/errors.ts';

/** A mistake of the person at the terminal, or a state they can mend; `message` says what to do. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

/** What a person reads: one sentence and the next step; never a stack for an error that has a code. */
export function describeFailure(error: unknown): string {
  if (error instanceof AppError) return describeAppError(error);
  if (error instanceof ServiceFailedError && isErrorCode(error.code)) {
    const { title, next } = errorCatalogue[error.code];
    return [`${title}: ${error.reason}`, next].join('\n');
  }
  if (error instanceof Error) return isUnreachable(error) ? 'The host does not answer.' : error.message;
  return String(error);
}

function describeAppError(error: AppError): string {
  const { title, next } = errorCatalogue[error.code];
  const mistakes = error.errors.map(({ path, message }) => `  ${path}: ${message}`);
  return [error.message === title ? title : `${title}: ${error.message}`, ...mistakes, next].join('\n');
}

/** fetch rejects with a TypeError whose cause has the code of the socket. */
function isUnreachable(error: Error): boolean {
  return error instanceof TypeError && error.cause instanceof Error && 'code' in error.cause;
}
