/** Jobs of the kind `http`: one request with its redirects, each to an address that was checked (S9, F10). */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Compile } from 'typebox/compile';
import type { Clock } from '../../shared/clock.ts';
import { type MaybeSecret, secretNames, withoutSecrets, withSecrets } from '../../shared/flows/secret-text.ts';
import { HttpRequest, type HttpResult } from '../../shared/model/http-request.ts';
import { liesBelow } from '../../shared/web-address.ts';
import type { Allowed } from '../http-client/addresses.ts';
import { type Redaction, redactionOf } from '../http-client/redact.ts';
import { type Outgoing, type Resolve, send, systemResolve } from '../http-client/send.ts';
import { retryAfter } from '../providers/faults.ts';
import type { SecretService } from '../secrets/secret-service.ts';
import { readAll } from './content.ts';
import { type HostContext, type HostExecutor, HostFault } from './host-executor.ts';

const isRequest = Compile(HttpRequest);
const largestUpload = 512 * 1024 * 1024;
/** Larger answers in text or JSON make flows slow; files may be as large as the step says. */
const largestText = 64 * 1024 * 1024;
const ownHeaders = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'expect']);

export interface HttpExecutorDeps {
  secrets: Pick<SecretService, 'open'>;
  /** The private addresses that the workspace allows. */
  allowedIn(workspaceId: string): Promise<Allowed>;
  clock: Clock;
  resolve?: Resolve;
}

export function createHttpExecutor(deps: HttpExecutorDeps): HostExecutor {
  return {
    kind: 'http',
    atOnce: 64,
    atOncePerLane: 16,
    lane: () => null,
    async execute(input, context) {
      if (!isRequest.Check(input)) throw new HostFault('input_wrong', 'This is not an HTTP request.');
      const values = await deps.secrets.open(context.workspaceId, [...new Set(namesIn(input))]);
      const redaction = redactionOf(values.values());
      const begun = deps.clock.now();
      try {
        const allowed = await deps.allowedIn(context.workspaceId);
        const outgoing = await prepare(input, values, context);
        const { answer, url } = await follow(input, outgoing, allowed, deps.resolve ?? systemResolve, context);
        return redaction.value(await resultOf(input, answer, url, deps.clock.now() - begun, redaction, context));
      } catch (error) {
        throw hidden(context.signal.aborted ? error : faultOf(error, input), redaction);
      }
    },
  };
}

function namesIn({ url, headers, query, body }: HttpRequest): string[] {
  const texts: MaybeSecret[] = [url, ...[...headers, ...query].map(({ value }) => value)];
  if (body?.type === 'json' || body?.type === 'text') texts.push(body.text);
  if (body?.type === 'form') texts.push(...body.fields.map(({ value }) => value));
  return texts.flatMap(secretNames);
}

/** What is sent first, and which of its headers may not be sent elsewhere. */
interface Prepared extends Outgoing {
  readonly personal: ReadonlySet<string>;
  readonly secretBody: boolean;
}

async function prepare(
  { method, url, headers, query, body, below }: HttpRequest,
  values: ReadonlyMap<string, string>,
  context: HostContext,
): Promise<Prepared> {
  const target = parseUrl(withSecrets(url, values));
  checkBelow(target, below);
  for (const { name, value } of query) target.searchParams.append(name, withSecrets(value, values));
  const { content, type } = await contentOf(body, values, context);
  const sent: Record<string, string> = {
    'user-agent': 'OtherThing',
    accept: '*/*',
    'accept-encoding': 'gzip, deflate, br',
    ...(type === null ? {} : { 'content-type': type }),
    ...(content === null ? {} : { 'content-length': String(content.length) }),
  };
  const personal = new Set(['authorization', 'cookie', 'proxy-authorization', 'x-api-key']);
  for (const { name, value } of headers) {
    const key = name.toLowerCase();
    if (ownHeaders.has(key))
      throw new HostFault('http_header_refused', `The header ${name} is set by itself. Remove it.`);
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(key) || /[\r\n\0]/.test(withSecrets(value, values)))
      throw new HostFault('http_header_refused', `The header ${name} has a character that a header cannot have.`);
    if (secretNames(value).length > 0) personal.add(key);
    sent[key] = withSecrets(value, values);
  }
  const secretBody = namesIn({ url: '', headers: [], query: [], body } as unknown as HttpRequest).length > 0;
  return { method, url: target, headers: sent, body: content, personal, secretBody };
}

function checkBelow(url: URL, below: string | undefined): void {
  if (below === undefined || liesBelow(url, below)) return;
  const words = `${url.origin}${url.pathname}`.slice(0, 300);
  throw new HostFault('http_url_refused', `Only addresses below ${below} may be called, and ${words} is none.`);
}

function parseUrl(text: string): URL {
  const url = URL.parse(text.trim());
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new HostFault(
      'http_url_wrong',
      'The URL is not one that begins with https:// or http://. Correct it in the step.',
    );
  return url;
}

async function contentOf(
  body: HttpRequest['body'],
  values: ReadonlyMap<string, string>,
  context: HostContext,
): Promise<{ content: Buffer | null; type: string | null }> {
  switch (body?.type) {
    case undefined:
      return { content: null, type: null };
    case 'json': {
      const text = withSecrets(body.text, values);
      if (!isJson(text))
        throw new HostFault(
          'http_body_wrong',
          'The body is not JSON. In templates, write {{ name | json }} for a value.',
        );
      return { content: Buffer.from(text), type: 'application/json' };
    }
    case 'text':
      return { content: Buffer.from(withSecrets(body.text, values)), type: body.contentType };
    case 'form': {
      const form = new URLSearchParams(body.fields.map(({ name, value }) => [name, withSecrets(value, values)]));
      return { content: Buffer.from(form.toString()), type: 'application/x-www-form-urlencoded' };
    }
    case 'file':
      return { content: await context.readFile(body.file, largestUpload), type: body.file.mime };
    default:
      return body satisfies never;
  }
}

async function follow(
  request: HttpRequest,
  first: Prepared,
  allowed: Allowed,
  resolve: Resolve,
  { signal }: HostContext,
): Promise<{ answer: IncomingMessage; url: URL }> {
  let outgoing = first;
  for (let left = request.maxRedirects; ; left -= 1) {
    const answer = await send(outgoing, allowed, resolve, signal);
    const { statusCode = 0, headers } = answer;
    const to = [301, 302, 303, 307, 308].includes(statusCode) ? headers.location : undefined;
    if (to === undefined) return { answer, url: outgoing.url };
    answer.destroy();
    if (left === 0)
      throw new HostFault(
        'http_redirects',
        `It is redirected more than ${request.maxRedirects} times. Check the address.`,
      );
    outgoing = redirected(outgoing, to, statusCode);
    checkBelow(outgoing.url, request.below);
  }
}

/** To another site go no credentials, and no body with a secret in it. */
function redirected(before: Prepared, location: string, status: number): Prepared {
  const url = URL.parse(location, before.url);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new HostFault('http_redirects', 'It is sent on to something that is not a web address.');
  const keepsBody = status === 307 || status === 308 || before.method === 'GET' || before.method === 'HEAD';
  const isElsewhere = url.origin !== before.url.origin;
  if (isElsewhere && keepsBody && before.secretBody)
    throw new HostFault(
      'http_redirects',
      'It is sent on to another site, and the body holds a secret. Use the new address.',
    );
  const headers = Object.fromEntries(
    Object.entries(before.headers).filter(
      ([name]) => !(isElsewhere && before.personal.has(name)) && (keepsBody || !name.startsWith('content-')),
    ),
  );
  if (keepsBody) return { ...before, url, headers };
  return { ...before, url, headers, method: 'GET', body: null, secretBody: false };
}

async function resultOf(
  request: HttpRequest,
  answer: IncomingMessage,
  url: URL,
  ms: number,
  redaction: Redaction,
  context: HostContext,
): Promise<HttpResult> {
  const { statusCode: status = 0 } = answer;
  if (status >= 400 && request.failOnStatus) throw await statusFault(request, answer, redaction);
  const body = await bodyOf(request, answer, url, redaction, context);
  return { status, headers: plainHeaders(answer), body, url: url.href, ms };
}

async function bodyOf(
  { method, response, maxBytes }: HttpRequest,
  answer: IncomingMessage,
  url: URL,
  redaction: Redaction,
  context: HostContext,
): Promise<unknown> {
  const status = answer.statusCode ?? 0;
  if (method === 'HEAD' || status === 204 || status === 304) {
    answer.resume();
    return null;
  }
  const type = (answer.headers['content-type'] ?? '').toLowerCase();
  const wanted = response === 'auto' ? kindOf(type) : response;
  const tooLarge = () =>
    new HostFault('http_too_large', `The answer is larger than ${maxBytes} bytes. Allow more in the step.`);
  const content = decoded(answer);
  if (wanted === 'file') {
    const safe = redaction.stream();
    content.on('error', (error) => safe.destroy(error)).pipe(safe);
    return context.addFile(redaction.text(fileName(url, answer, type)), bounded(safe, maxBytes, tooLarge));
  }
  const bytes = await readAll(content, Math.min(maxBytes, largestText), tooLarge);
  const text = textOf(bytes, type);
  if (wanted === 'text') return text;
  if (isJson(text)) return JSON.parse(text);
  if (response === 'auto') return text;
  throw new HostFault('http_response_wrong', 'The answer is not JSON. Choose Text as the kind of answer.');
}

function kindOf(type: string): 'json' | 'text' | 'file' {
  if (/^application\/([\w.+-]+\+)?json\b/.test(type)) return 'json';
  return type === '' || /^text\/|^application\/([\w.+-]*xml|javascript|x-www-form-urlencoded|x-ndjson|yaml)/.test(type)
    ? 'text'
    : 'file';
}

/** Compressed content as it was; what it grows to is bounded where it is read. */
function decoded(answer: IncomingMessage): Readable {
  const encoding = (answer.headers['content-encoding'] ?? '').toLowerCase();
  const through =
    encoding === 'gzip' || encoding === 'x-gzip'
      ? createGunzip()
      : encoding === 'br'
        ? createBrotliDecompress()
        : encoding === 'deflate'
          ? createInflate()
          : null;
  if (through === null) return answer;
  return answer.on('error', (error) => through.destroy(error)).pipe(through);
}

async function* bounded(stream: AsyncIterable<Buffer>, maxBytes: number, tooLarge: () => HostFault) {
  let size = 0;
  for await (const bytes of stream) {
    size += bytes.length;
    if (size > maxBytes) throw tooLarge();
    yield bytes;
  }
}

function textOf(bytes: Buffer, type: string): string {
  const charset = /charset="?([\w-]+)/.exec(type)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('utf8');
  }
}

function fileName(url: URL, answer: IncomingMessage, type: string): string {
  const said = /filename="?([^";]+)"?/.exec(answer.headers['content-disposition'] ?? '')?.[1];
  const last = decodeURIComponent(
    url.pathname
      .split('/')
      .at(-1)
      ?.replace(/%(?![0-9a-f]{2})/gi, '') ?? '',
  );
  const name = (said ?? last).replace(/[/\\]/g, '_').trim() || url.hostname;
  const ending = /\/([\w]+)/.exec(type)?.[1];
  return name.includes('.') || ending === undefined ? name.slice(0, 200) : `${name.slice(0, 200)}.${ending}`;
}

function plainHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

const repeatable = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);
/** Nothing was sent yet when these happen. */
const before = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);

async function statusFault(request: HttpRequest, answer: IncomingMessage, redaction: Redaction): Promise<HostFault> {
  const { statusCode: status = 0, headers } = answer;
  const said = await readAll(decoded(answer), 64 * 1024).then(
    (bytes) => bytes.toString('utf8'),
    () => '',
  );
  const words = redaction
    .text(said)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 400);
  const wait = retryAfter({ get: (name) => headers[name]?.toString() ?? null }, Date.now());
  const passes = status === 429 || status === 503 || (status >= 500 && repeatable.has(request.method));
  const message = `${hostOf(request.url)} answered ${status}${words === '' ? '' : `: ${words}`}`;
  return new HostFault('http_status', message, passes ? 'node' : 'job', wait ?? (passes ? 2_000 : null));
}

function faultOf(error: unknown, { url, method }: HttpRequest): unknown {
  if (error instanceof HostFault || !(error instanceof Error)) return error;
  const code: unknown = Reflect.get(error, 'code') ?? Reflect.get(error.cause ?? {}, 'code');
  if (typeof code !== 'string') return error;
  // Whether something that may have arrived is sent once more is for the step's own policy to say.
  const whose = before.has(code) || repeatable.has(method) ? 'node' : 'job';
  if (code.startsWith('Z_') || code.startsWith('ERR__'))
    return new HostFault(
      'http_response_wrong',
      'The answer ends too early, or is not packed as it says. Try again.',
      whose,
    );
  return new HostFault(
    'http_unreachable',
    `${hostOf(url)} could not be reached (${code}). Check the URL, or try again.`,
    whose,
  );
}

function hidden(error: unknown, redaction: Redaction): unknown {
  if (!(error instanceof HostFault)) return error;
  return new HostFault(error.code, redaction.text(error.message), error.fault, error.retryAfterMs);
}

function hostOf(url: MaybeSecret): string {
  return URL.parse(withoutSecrets(url))?.host ?? 'The address';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
