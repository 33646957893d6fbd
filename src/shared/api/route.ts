import { type Static, type TSchema, Type } from 'typebox';
import type { Role } from '../model/user.ts';
import { Id } from '../model/values.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Who may call a route (S1): `public` anybody; `user` anybody signed in; a role: held in the workspace that the path's
 * resource belongs to; `hostAdmin`; `ticket`: whoever holds a ticket for it;
 * `hook`: whoever knows the address, which holds a secret; other credentials in the request are somebody else's and are not looked at.
 */
export type Access = 'public' | 'user' | Role | 'hostAdmin' | 'ticket' | 'hook';

/** The kind of resource that the path's `:id` names, from which the workspace is found. */
export type Resource = 'workspace' | 'flow' | 'run' | 'job' | 'file' | 'node' | 'key' | 'approval';

export interface RouteContract<
  Params extends TSchema = TSchema,
  Query extends TSchema = TSchema,
  Body extends TSchema = TSchema,
  Response extends TSchema = TSchema,
> {
  readonly name: string;
  readonly method: Method;
  /** Below `/api/v1`, with `:name` for parameters. */
  readonly path: string;
  readonly access: Access;
  readonly resource: Resource | null;
  readonly summary: string;
  readonly params: Params;
  readonly query: Query;
  /** Type.Undefined() where there is none. `raw`: the body is the content itself, as a stream. */
  readonly body: Body;
  readonly raw: boolean;
  readonly response: Response;
  /** 200, 201, 202 or 204. */
  readonly status: number;
}

interface RouteOptions<P extends TSchema, Q extends TSchema, B extends TSchema, R extends TSchema> {
  method: Method;
  path: string;
  access: Access;
  resource?: Resource;
  summary: string;
  params?: P;
  query?: Q;
  body?: B;
  raw?: boolean;
  response?: R;
  status?: number;
}

export const Nothing = Type.Undefined();
export const NoFields = Type.Object({});

/** Declares one route. Parameters default to those named in the path, as ids. */
export function route<
  P extends TSchema = typeof NoFields,
  Q extends TSchema = typeof NoFields,
  B extends TSchema = typeof Nothing,
  R extends TSchema = typeof Nothing,
>(name: string, options: RouteOptions<P, Q, B, R>): RouteContract<P, Q, B, R> {
  return {
    name,
    method: options.method,
    path: options.path,
    access: options.access,
    resource: options.resource ?? null,
    summary: options.summary,
    params: (options.params ?? NoFields) as P,
    query: (options.query ?? NoFields) as Q,
    body: (options.body ?? Nothing) as B,
    raw: options.raw ?? false,
    response: (options.response ?? Nothing) as R,
    status: options.status ?? (options.response === undefined ? 204 : 200),
  };
}

export type ParamsOf<Contract extends RouteContract> = Static<Contract['params']>;
export type QueryOf<Contract extends RouteContract> = Static<Contract['query']>;
export type BodyOf<Contract extends RouteContract> = Static<Contract['body']>;
export type ResponseOf<Contract extends RouteContract> = Static<Contract['response']>;

/** A page of a list; `next` is the cursor of the following page, null at the end. */
export function Page<Item extends TSchema>(item: Item) {
  return Type.Object({
    items: Type.Array(item),
    next: Type.Union([Type.String(), Type.Null()]),
  });
}

export const PageQuery = {
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
};

/** The parameters of a path with one `:id`. */
export const WithId = Type.Object({ id: Id });

/** The query of a list. */
export const PageOf = Type.Object(PageQuery);
