import { AppError, errorCatalogue } from '../../shared/errors.ts';

export interface ErrorWords {
  what: string;
  /** What you can do. */
  next: string;
  code: string;
}

/** What to tell a person about an error of a call. */
export function errorWords(error: unknown): ErrorWords {
  if (error instanceof AppError)
    return { what: sentence(error.message), next: errorCatalogue[error.code].next, code: error.code };
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return {
      what: 'The host gave no answer in 30 s.',
      next: 'It may be busy; try again in a moment.',
      code: 'timeout',
    };
  }
  return {
    what: 'The host does not answer.',
    next: 'It may be restarting or off the network. Nothing is lost; running steps go on.',
    code: 'unreachable',
  };
}

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);
