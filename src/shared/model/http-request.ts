/** An HTTP request of a step, and its answer: input and result of `http` jobs, which the host does itself (S9). */
import { type Static, Type } from 'typebox';
import { MaybeSecret } from '../flows/secret-text.ts';
import { FileValue, Json } from './values.ts';

export const httpMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const;
export type HttpMethod = (typeof httpMethods)[number];

const Pair = Type.Object({ name: Type.String({ minLength: 1, maxLength: 200 }), value: MaybeSecret });

export const HttpRequest = Type.Object(
  {
    method: Type.Enum(httpMethods),
    url: MaybeSecret,
    headers: Type.Array(Pair, { maxItems: 100 }),
    query: Type.Array(Pair, { maxItems: 100 }),
    body: Type.Union([
      Type.Null(),
      Type.Object({ type: Type.Literal('json'), text: MaybeSecret }),
      Type.Object({ type: Type.Literal('text'), text: MaybeSecret, contentType: Type.String({ maxLength: 200 }) }),
      Type.Object({ type: Type.Literal('form'), fields: Type.Array(Pair, { maxItems: 200 }) }),
      Type.Object({ type: Type.Literal('file'), file: FileValue }),
    ]),
    /** `auto`: JSON, text or a file by what the answer says of itself. */
    response: Type.Enum(['auto', 'json', 'text', 'file'] as const),
    /** Where set, the URL and whatever it is sent on to must lie below this one (shared/web-address.ts). */
    below: Type.Optional(Type.String({ maxLength: 2_000 })),
    /** Bytes of an answer that is taken. */
    maxBytes: Type.Integer({ minimum: 1, maximum: 1024 * 1024 * 1024 }),
    maxRedirects: Type.Integer({ minimum: 0, maximum: 20 }),
    /** Whether a status of 400 and above fails the step. */
    failOnStatus: Type.Boolean(),
  },
  { $id: 'HttpRequest' },
);
export type HttpRequest = Static<typeof HttpRequest>;

export const HttpResult = Type.Object(
  {
    status: Type.Integer(),
    headers: Type.Record(Type.String(), Type.String()),
    body: Json,
    /** After the redirects. */
    url: Type.String(),
    ms: Type.Integer({ minimum: 0 }),
  },
  { $id: 'HttpResult' },
);
export type HttpResult = Static<typeof HttpResult>;
