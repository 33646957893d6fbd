/** What a webhook is called with, as the values that its step gives. Pure; everything is bounded (S10). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';

export const hookLimits = {
  bodyBytes: 1024 * 1024,
  depth: 100,
  fields: 1_000,
  headers: 50,
  headerChars: 2_000,
} as const;

/** JSON, a form (an object; repeated names give lists) or text; null for an empty body. Throws `malformed_json`, `unsupported_media_type`, `bad_request`. */
export function readHookBody(contentType: string | undefined, bytes: Uint8Array): unknown {
  if (bytes.length === 0) return null;
  const text = new TextDecoder().decode(bytes);
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json' || type.endsWith('+json')) return readJson(text);
  if (type === 'application/x-www-form-urlencoded') return readPairs(new URLSearchParams(text));
  if (type === '' || type.startsWith('text/')) return text;
  throw new AppError('unsupported_media_type', undefined, {
    errors: [{ path: '/', message: 'Send application/json, text/plain or application/x-www-form-urlencoded' }],
  });
}

function readJson(text: string): unknown {
  if (depthOf(text) > hookLimits.depth)
    throw new AppError('bad_request', `The body is nested deeper than ${hookLimits.depth} levels`);
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('malformed_json');
  }
}

/** How deep brackets stand in one another, those in strings left out; known before anything is built. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (inString) {
      if (char === '\\') at += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '[' || char === '{') depth += 1;
    else if (char === ']' || char === '}') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** Names with their values, lists where a name comes several times. Throws `bad_request` where there are too many. */
export function readPairs(pairs: URLSearchParams): Record<string, string | string[]> {
  const found = new Map<string, string[]>();
  let count = 0;
  for (const [name, value] of pairs) {
    count += 1;
    if (count > hookLimits.fields) throw new AppError('bad_request', `There are more than ${hookLimits.fields} fields`);
    found.set(name, [...(found.get(name) ?? []), value]);
  }
  return Object.fromEntries(
    [...found].map(([name, [first = '', ...rest]]) => [name, rest.length ? [first, ...rest] : first]),
  );
}

/** Headers that say who or where somebody is, or that belong to the connection; a flow's values are shown to every viewer. */
const hidden =
  /^(authorization|cookie|set-cookie|host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|content-length|expect|forwarded|via|.*-authorization|x-forwarded-.*|x-real-ip|cf-.*|true-client-ip|sec-.*|proxy-.*|.*(token|secret|password|api-?key|signature).*)$/;

/** The headers that a flow may see, besides the one that the signature stands in. */
export function shownHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  signature: string,
): Record<string, string> {
  const shown = Object.entries(headers).flatMap(([name, value]) => {
    const plain = name.toLowerCase();
    if (value === undefined || hidden.test(plain) || plain === signature.toLowerCase()) return [];
    return [[plain, [value].flat().join(', ').slice(0, hookLimits.headerChars)] as const];
  });
  return Object.fromEntries(shown.slice(0, hookLimits.headers));
}

/** Whether a header holds the HMAC-SHA256 of the body in hexadecimal, with or without `sha256=` in front. */
export function isSigned(given: string | string[] | undefined, secret: string, body: Uint8Array): boolean {
  const hex = /^(?:sha256=)?([0-9a-f]{64})$/i.exec(typeof given === 'string' ? given.trim() : '')?.[1];
  if (hex === undefined) return false;
  return timingSafeEqual(Buffer.from(hex, 'hex'), createHmac('sha256', secret).update(body).digest());
}
