import { type InferenceErrorCode, inferenceErrors } from '../model/inference.ts';

/** Why a model gave no answer, with a code of `inferenceErrors`; the words end with what to do. */
export class InferenceFault extends Error {
  readonly code: InferenceErrorCode;
  /** Milliseconds that the server asked to wait before the next try. */
  readonly retryAfterMs: number | null;

  constructor(code: InferenceErrorCode, what: string, retryAfterMs: number | null = null) {
    super(`${what} ${inferenceErrors[code].next}`);
    this.name = 'InferenceFault';
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  get fault(): 'node' | 'job' {
    return inferenceErrors[this.code].fault;
  }
}
