import { AppError } from '../errors.ts';
import { fromProblem, type Problem } from '../problem.ts';
import type { BodyOf, ParamsOf, QueryOf, ResponseOf } from './route.ts';
import { type RouteName, type Routes, routes } from './routes.ts';

export interface ClientOptions {
  /** Origin of the host, without a slash at the end; '' for the page's own. */
  baseUrl: string;
  /** Bearer token; without it the browser's session cookie is sent. */
  token?: string;
  fetch?: typeof globalThis.fetch;
  /** Milliseconds until a call is given up. */
  timeout?: number;
}

type Empty = Record<never, never>;
type Part<Key extends string, Value> = Value extends undefined
  ? Empty
  : Empty extends Value
    ? { [K in Key]?: Value }
    : { [K in Key]: Value };

/** What a call takes: `params`, `query` and `body` as its contract says. */
export type CallOptions<Name extends RouteName> = Part<'params', ParamsOf<Routes[Name]>> &
  Part<'query', QueryOf<Routes[Name]>> &
  Part<'body', BodyOf<Routes[Name]>> & {
    signal?: AbortSignal;
    idempotencyKey?: string;
  };

/** An answer with the place in the workspace's live events at which it was true. */
export interface Positioned<Value> {
  value: Value;
  /** `<epoch>.<seq>`, or null where the route has no workspace. */
  position: string | null;
}

export interface Client {
  /** Calls a route. Rejects with an AppError that carries the host's stable code. */
  call<Name extends RouteName>(name: Name, options: CallOptions<Name>): Promise<ResponseOf<Routes[Name]>>;
  /** The same, with the live position of the answer. */
  callPositioned<Name extends RouteName>(
    name: Name,
    options: CallOptions<Name>,
  ): Promise<Positioned<ResponseOf<Routes[Name]>>>;
  /** Calls a route that answers content instead of JSON: an export. */
  download<Name extends RouteName>(name: Name, options: CallOptions<Name>): Promise<Blob>;
  /** Uploads content as a file of the workspace. */
  upload(workspaceId: string, name: string, content: BodyInit, mime: string): Promise<ResponseOf<Routes['uploadFile']>>;
}

interface AnyOptions {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  signal?: AbortSignal;
  idempotencyKey?: string;
}

export function createClient(options: ClientOptions): Client {
  const send = options.fetch ?? globalThis.fetch.bind(globalThis);
  const authorization: Record<string, string> =
    options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };

  const ask = async (name: RouteName, call: AnyOptions, content?: { body: BodyInit; mime: string }) => {
    const contract = routes[name];
    const url = options.baseUrl + routeUrl(contract.path, call.params ?? {}, call.query ?? {});
    const headers: Record<string, string> = { ...authorization };
    if (content !== undefined) headers['content-type'] = content.mime;
    else if (call.body !== undefined) headers['content-type'] = 'application/json';
    if (call.idempotencyKey !== undefined) headers['idempotency-key'] = call.idempotencyKey;
    const deadline = AbortSignal.timeout(options.timeout ?? 30_000);
    const response = await send(url, {
      method: contract.method,
      headers,
      credentials: options.token === undefined ? 'same-origin' : 'omit',
      body: content?.body ?? (call.body === undefined ? null : JSON.stringify(call.body)),
      signal: call.signal === undefined ? deadline : AbortSignal.any([call.signal, deadline]),
    });
    if (!response.ok) throw await readError(response);
    return response;
  };
  const request = async (name: RouteName, call: AnyOptions, content?: { body: BodyInit; mime: string }) => {
    const response = await ask(name, call, content);
    return {
      value: response.status === 204 ? undefined : await response.json(),
      position: response.headers.get('x-live-position'),
    };
  };

  return {
    call: async (name, call) => (await request(name, call as AnyOptions)).value,
    callPositioned: (name, call) => request(name, call as AnyOptions),
    download: async (name, call) => (await ask(name, call as AnyOptions)).blob(),
    upload: async (workspaceId, name, body, mime) =>
      (await request('uploadFile', { params: { id: workspaceId }, query: { name } }, { body, mime })).value,
  };
}

/** The path of a call below the host's origin, with parameters escaped. */
export function routeUrl(path: string, params: Record<string, unknown>, query: Record<string, unknown> = {}): string {
  const filled = path.replace(/:([a-zA-Z0-9]+)/g, (_, key: string) => encodeURIComponent(String(params[key])));
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  ).toString();
  return `/api/v1${filled}${search === '' ? '' : `?${search}`}`;
}

async function readError(response: Response): Promise<AppError> {
  const problem = (await response.json().catch(() => null)) as Problem | null;
  if (problem === null || typeof problem.code !== 'string') {
    return new AppError('internal', `The host answered ${response.status} without saying why`);
  }
  return fromProblem(problem);
}
