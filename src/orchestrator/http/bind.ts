import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RouteContract } from '../../shared/api/route.ts';
import { AppError } from '../../shared/errors.ts';
import { limits } from '../../shared/model/values.ts';
import { type Action, actions } from '../audit/actions.ts';
import { grant } from './access.ts';
import type { createAuthentication } from './authentication.ts';
import { type Call, type Granted, makeCall } from './call.ts';
import type { HttpDeps } from './server-deps.ts';
import { createParser } from './validation.ts';

export const apiPrefix = '/api/v1';

type AnyHandler = (call: Call) => Promise<unknown>;

/** Makes a Fastify route of a contract: who calls, may they, is the request well-formed, act once, answer. */
export function bind(
  app: FastifyInstance,
  contract: RouteContract,
  handler: AnyHandler,
  deps: HttpDeps & { authentication: ReturnType<typeof createAuthentication> },
): void {
  const parser = createParser(contract);
  const { directory, hub } = deps.services;

  const act = async (request: FastifyRequest, reply: FastifyReply, granted: Granted) => {
    const call = makeCall(parser.parse(request), granted, request, reply);
    // Content goes out as it is, and a webhook's step says with which status it answers.
    if (contract.raw && (contract.method === 'GET' || contract.access === 'hook')) return handler(call);
    const perform = () => asAct(deps, contract, call, granted, () => handler(call));
    const answer = await once(deps, contract, call, granted, async () => ({
      status: contract.status,
      body: await perform(),
    }));
    if (answer.repeated) reply.header('idempotency-replayed', 'true');
    reply.code(answer.status);
    return answer.status === 204 ? reply.send() : send(reply, answer.body);
  };

  app.route({
    method: contract.method,
    url: apiPrefix + contract.path,
    bodyLimit: contract.raw ? limits.fileUpload : limits.requestBody,
    // A contract names the methods that it takes.
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const person = await deps.authentication.caller(request, contract);
      const id: unknown = Reflect.get(request.params as object, 'id');
      const granted = await grant(contract, person, typeof id === 'string' ? id : undefined, directory);
      // Taken before the answer is read, so that what happens meanwhile is told as an event.
      if (contract.method === 'GET' && granted.workspaceId !== null) {
        const { epoch, seq } = hub.position(granted.workspaceId);
        reply.header('x-live-position', `${epoch}.${seq}`);
      }
      return act(request, reply, granted);
    },
  });
}

function send(reply: FastifyReply, body: unknown) {
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}

/** What changes something is told in the audit log (S13). */
function asAct(
  { services }: HttpDeps,
  contract: RouteContract,
  call: Call,
  { person, workspaceId }: Granted,
  perform: () => Promise<unknown>,
): Promise<unknown> {
  const action = (actions as Partial<Record<string, Action>>)[contract.name];
  if (action === undefined || person === null) return perform();
  const { id, name } = person.user;
  const actor = { by: person.kind, userId: id, name };
  const { params, body, request } = call;
  return services.acting.during(
    { action, actor, from: request.ip, workspaceId, params: params as object, body },
    perform,
  );
}

/** Answers of these hold secrets, which are never kept. */
const secretAnswers = new Set([
  'signIn',
  'createToken',
  'createSignInLink',
  'createTicket',
  'addMember',
  'createInvite',
  'createMachineLink',
  'acceptInvite',
  'setTriggers',
]);

async function once(
  { services }: HttpDeps,
  contract: RouteContract,
  call: Call,
  granted: Granted,
  act: () => Promise<{ status: number; body: unknown }>,
) {
  const key = call.request.headers['idempotency-key'];
  if (key === undefined || contract.method === 'GET' || granted.person === null) {
    return { ...(await act()), repeated: false };
  }
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new AppError('bad_request', 'An Idempotency-Key is 1 to 200 printable ASCII characters');
  }
  const { request } = call;
  const content = contract.raw ? request.headers['content-length'] : JSON.stringify(call.body);
  const hash = createHash('sha256')
    .update(`${request.method} ${request.url}\n${content ?? ''}`)
    .digest('hex');
  const scope = granted.person.user.id;
  return services.idempotency.once({ scope, key, hash, keep: !secretAnswers.has(contract.name) }, act);
}
