import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RouteContract } from '../../shared/api/route.ts';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import { toProblem } from '../../shared/problem.ts';
import { apiPrefix } from './bind.ts';

/** What Fastify finds wrong before a handler runs, in our codes. */
const fastifyCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad_request',
  FST_ERR_BAD_URL: 'bad_request',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
};

/** Every error leaves as problem+json (RFC 9457); what is unexpected is logged and tells nothing. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toAppError(error);
  if (known === null) request.log.error({ err: error }, 'A request failed');
  const problem = toProblem(known ?? error);
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem));
}

function toAppError(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  const code = (error as Partial<FastifyError> | null)?.code ?? '';
  if (code in fastifyCodes) return new AppError(fastifyCodes[code] ?? 'bad_request');
  const status = (error as Partial<FastifyError> | null)?.statusCode;
  if (status === 413) return new AppError('body_too_large');
  return status !== undefined && status >= 400 && status < 500 ? new AppError('bad_request') : null;
}

/** Says 405 with `Allow` where another method would have been right, 404 everywhere else. */
export function createMissing(contracts: readonly RouteContract[]) {
  const patterns = contracts.map(({ method, path }) => ({
    method,
    pattern: new RegExp(`^${apiPrefix}${path.replace(/:[a-zA-Z0-9]+/g, '[^/]+')}/?$`),
  }));
  return (request: FastifyRequest, reply: FastifyReply): AppError => {
    const path = request.url.split('?')[0] ?? '';
    const allowed = patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    if (allowed.length === 0) return new AppError('not_found');
    reply.header('allow', [...new Set(allowed)].join(', '));
    return new AppError('method_not_allowed');
  };
}

export function installProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
}
