import type { TSchema } from 'typebox';
import { errorCatalogue } from '../errors.ts';
import { ProblemSchema } from '../problem.ts';
import type { Access, RouteContract } from './route.ts';
import { routes } from './routes.ts';

type Json = { [key: string]: unknown };

/** OpenAPI 3.1 of all contracts; schemas with an `$id` become components. Pure: the same contracts give the same document. */
export function describeApi(version: string): Json {
  const components = new Map<string, unknown>();
  const convert = (schema: TSchema) => toComponent(schema, components);
  const problem = convert(ProblemSchema);
  const paths: Record<string, Json> = {};
  for (const contract of Object.values(routes) as RouteContract[]) {
    const path = `/api/v1${contract.path.replace(/:([a-zA-Z0-9]+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [contract.method.toLowerCase()]: operation(contract, convert, problem) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'OtherThing',
      version,
      description: `Errors are problem+json with a stable \`code\`: ${Object.keys(errorCatalogue).join(', ')}.`,
    },
    paths,
    components: {
      schemas: Object.fromEntries([...components].sort(([one], [other]) => (one < other ? -1 : 1))),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'otherthing-<host id>' },
      },
    },
  };
}

function operation(contract: RouteContract, convert: (schema: TSchema) => unknown, problem: unknown): Json {
  const parameters = [
    ...parametersOf(contract.params, 'path', convert),
    ...parametersOf(contract.query, 'query', convert),
    ...(contract.method === 'GET' ? [] : [idempotencyKey]),
  ];
  const body = bodyOf(contract, convert);
  return {
    operationId: contract.name,
    summary: contract.summary,
    'x-access': contract.access,
    security: contract.access === 'public' || contract.access === 'ticket' ? [] : [{ token: [] }, { session: [] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === null ? {} : { requestBody: { required: true, content: body } }),
    responses: {
      [contract.status]: responseOf(contract, convert),
      default: { description: 'What went wrong', content: { 'application/problem+json': { schema: problem } } },
    },
  };
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'A repeat with the same key within a day gets the first answer',
  schema: { type: 'string', maxLength: 200 },
};

const bytes = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };

function bodyOf(contract: RouteContract, convert: (schema: TSchema) => unknown): Json | null {
  if (contract.raw) return contract.method === 'GET' ? null : bytes;
  return isNothing(contract.body) ? null : { 'application/json': { schema: convert(contract.body) } };
}

function responseOf(contract: RouteContract, convert: (schema: TSchema) => unknown): Json {
  const description = descriptions[contract.status] ?? 'Done';
  if (contract.raw && contract.method === 'GET') return { description: 'The content', content: bytes };
  if (isNothing(contract.response)) return { description };
  const headers = contract.method === 'GET' && roleNames.includes(contract.access) ? { headers: livePosition } : {};
  return { description, ...headers, content: { 'application/json': { schema: convert(contract.response) } } };
}

const descriptions: Readonly<Record<number, string>> = { 200: 'The answer', 201: 'Made', 204: 'Done' };
const roleNames: readonly Access[] = ['viewer', 'member', 'admin', 'owner'];
const livePosition = {
  'x-live-position': {
    description: 'Where in the live events of the workspace this answer was true: <epoch>.<seq>',
    schema: { type: 'string' },
  },
};

function isNothing(schema: TSchema): boolean {
  return Reflect.get(schema, 'type') === 'undefined';
}

function parametersOf(schema: TSchema, place: 'path' | 'query', convert: (schema: TSchema) => unknown): Json[] {
  const properties = (Reflect.get(schema, 'properties') ?? {}) as Record<string, TSchema>;
  const required = (Reflect.get(schema, 'required') ?? []) as string[];
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: convert(property),
  }));
}

/** A schema as plain JSON, where those with an `$id` are references to components. */
function toComponent(schema: unknown, components: Map<string, unknown>): unknown {
  if (Array.isArray(schema)) return schema.map((item) => toComponent(item, components));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $id, ...rest } = schema as { $id?: string };
  const plain = () =>
    Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, toComponent(value, components)]));
  if ($id === undefined) return plain();
  if (!components.has($id)) {
    components.set($id, {});
    components.set($id, plain());
  }
  return { $ref: `#/components/schemas/${$id}` };
}
