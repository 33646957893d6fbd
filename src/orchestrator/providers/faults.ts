/** What a provider's refusal means, in our codes and in words. Pure. */
import { type InferenceErrorCode, inferenceErrors } from '../../shared/model/inference.ts';
import { HostFault } from '../host-executors/host-executor.ts';
import { redactionOf } from '../http-client/redact.ts';

const mostWords = 600;
/** Longer waits than this are not worth a job's time. */
const longestWait = 15 * 60_000;

/** The words of a fault: what happened, what the provider said, and what to do next. */
export function fault(code: InferenceErrorCode, happened: string, retryAfterMs: number | null = null): HostFault {
  const { fault: whose, next } = inferenceErrors[code];
  return new HostFault(code, `${happened.replace(/[.\s]*$/, '.')} ${next}`, whose, retryAfterMs);
}

/** An answer that is not a success. `body` is its text; `secret` is taken out of whatever is said of it. */
export function refusal(
  status: number,
  body: string,
  headers: { get(name: string): string | null },
  secret: string,
  now: number,
): HostFault {
  const { words, codes } = saidIn(hide(body, secret));
  const said = hide(words, secret).slice(0, mostWords);
  const wait = retryAfter(headers, now);
  return fault(codeFor(status, codes, words), sentence(status, said), wait);
}

/** The same for an error that comes in the middle of a stream, where there is no status. */
export function streamedRefusal(error: unknown, secret: string): HostFault {
  const { words, codes } = saidIn(hide(JSON.stringify({ error }), secret));
  const status = statusOf(codes);
  return fault(codeFor(status, codes, words), `The provider broke off: ${hide(words, secret).slice(0, mostWords)}`);
}

/** The secret itself never leaves, even where a provider repeats it, in whatever form. */
export function hide(text: string, secret: string): string {
  return redactionOf([secret]).text(text);
}

function sentence(status: number, said: string): string {
  return said === '' ? `The provider answered ${status}` : `The provider answered ${status}: ${said}`;
}

function codeFor(status: number, codes: readonly string[], words: string): InferenceErrorCode {
  const says = (pattern: RegExp) => codes.some((code) => pattern.test(code)) || pattern.test(words);
  if (status === 402 || says(/insufficient_quota|billing_|credit balance is too low/i)) return 'provider_quota_spent';
  if (status === 401 || status === 403) return 'provider_refused_key';
  if (status === 429) return 'provider_rate_limited';
  if (status === 408 || status === 409 || status >= 500) return 'provider_failed';
  if (
    says(
      /context_length|context (?:length|window|size)|prompt is too long|too many (?:input )?tokens|exceeds? .{0,40}context/i,
    )
  )
    return 'context_too_long';
  if (says(/model_not_found|not_found_error|model .{0,120}(?:not found|does not exist)|no such model/i))
    return 'model_missing';
  if (
    says(
      /(?:does not|doesn't|cannot|not) .{0,30}(?:support|accept|take|process).{0,20}image|image.{0,40}not supported/i,
    )
  )
    return 'images_not_taken';
  if (
    says(
      /(?:does not|doesn't|do not|not) .{0,20}support.{0,20}(?:tool|function)|(?:tool|function).{0,40}not supported/i,
    )
  )
    return 'tools_not_taken';
  return status === 413 ? 'context_too_long' : 'provider_refused';
}

/** Errors in a stream have a type instead of a status. */
function statusOf(codes: readonly string[]): number {
  if (codes.some((code) => /rate_limit/.test(code))) return 429;
  if (codes.some((code) => /authentication|permission/.test(code))) return 401;
  return codes.some((code) => /invalid_request|not_found/.test(code)) ? 400 : 500;
}

/** `{ error: { message, type, code } }`, `{ error: "…" }`, `{ message }`, or plain text. */
function saidIn(body: string): { words: string; codes: string[] } {
  const plain = {
    words: body
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
    codes: [],
  };
  try {
    const parsed = JSON.parse(body) as { error?: unknown; message?: unknown; detail?: unknown };
    const error = parsed.error ?? parsed;
    if (typeof error === 'string') return { words: error, codes: [] };
    const { message, type, code } = error as { message?: unknown; type?: unknown; code?: unknown };
    const words = [message, parsed.message, parsed.detail].find((one) => typeof one === 'string') ?? '';
    return { words: words as string, codes: [type, code].filter((one) => typeof one === 'string') };
  } catch {
    return plain;
  }
}

/** Milliseconds of `retry-after-ms` or `Retry-After` (seconds, or a date); null where none is given. */
export function retryAfter(headers: { get(name: string): string | null }, now: number): number | null {
  const milliseconds = Number(headers.get('retry-after-ms') ?? Number.NaN);
  const given = headers.get('retry-after');
  const seconds = given === null || given.trim() === '' ? Number.NaN : Number(given);
  const date = given === null ? Number.NaN : Date.parse(given) - now;
  const wait = [milliseconds, seconds * 1_000, date].find((one) => Number.isFinite(one));
  return wait === undefined ? null : Math.round(Math.min(longestWait, Math.max(0, wait)));
}
