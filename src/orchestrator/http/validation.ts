import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { Value } from 'typebox/value';
import type { RouteContract } from '../../shared/api/route.ts';
import { AppError, type FieldError } from '../../shared/errors.ts';
import { flowSchemaId } from '../../shared/model/flow.ts';

/** Checks the parts of a request against a contract; each compiled once. */
export interface RequestParser {
  /** Throws `bad_request`, `flow_schema_unknown` with each mistake and where it is. */
  parse(request: { params: unknown; query: unknown; body: unknown }): {
    params: unknown;
    query: unknown;
    body: unknown;
  };
}

const mostMistakes = 20;

export function createParser(contract: RouteContract): RequestParser {
  const params = checker('params', contract.params);
  const query = checker('query', contract.query);
  const body = checker('body', contract.body);
  return {
    parse: (request) => ({
      params: params(request.params ?? {}),
      // A query arrives as text; numbers and booleans are read from it.
      query: query(Value.Convert(contract.query, request.query ?? {})),
      body: contract.raw ? undefined : body(request.body ?? undefined),
    }),
  };
}

function checker(part: string, schema: TSchema): (value: unknown) => unknown {
  // Compiled when it is first needed: most routes are not called in most lives of a host.
  let compiled: Validator | undefined;
  return (value) => {
    compiled ??= Compile(schema);
    const validator = compiled;
    if (validator.Check(value)) return value;
    throw refusal(part, value, validator.Errors(value));
  };
}

type Mistake = { instancePath: string; message: string; params: object };

function refusal(part: string, value: unknown, mistakes: readonly Mistake[]): AppError {
  const unknownSchema = mistakes.find((mistake) => /^(\/file)?\/schema$/.test(mistake.instancePath));
  if (part === 'body' && unknownSchema !== undefined) {
    return new AppError('flow_schema_unknown', `This version reads "${flowSchemaId}"`, {
      errors: [{ path: unknownSchema.instancePath, message: `Not "${flowSchemaId}"` }],
    });
  }
  const what = value === undefined ? `The ${part} is missing` : `The ${part} does not have the expected form`;
  return new AppError('bad_request', what, {
    errors: mistakes.slice(0, mostMistakes).map((one) => describe(part, one)),
  });
}

function describe(part: string, { instancePath, message, params }: Mistake): FieldError {
  const missing: unknown = Reflect.get(params, 'requiredProperties');
  const at = instancePath === '' ? '' : instancePath;
  const path = part === 'body' ? at || '/' : `${part}${at}`;
  return {
    path: Array.isArray(missing) && missing.length === 1 ? `${path === '/' ? '' : path}/${missing[0]}` : path,
    message,
  };
}
