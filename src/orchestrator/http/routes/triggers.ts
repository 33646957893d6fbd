import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../../shared/errors.ts';
import { allows } from '../../../shared/model/user.ts';
import { addressGroup } from '../../address-group.ts';
import { hookLimits, readPairs } from '../../triggers/hook-body.ts';
import type { HookMethod } from '../../triggers/trigger-steps.ts';
import { createAttempts } from '../attempts.ts';
import type { Some } from '../call.ts';
import type { HttpDeps } from '../server-deps.ts';
import { asPerson } from './flows.ts';

type Names = 'listTriggers' | 'getTriggers' | 'setTriggers' | 'postHook' | 'getHook' | 'putHook';

interface HookRequest {
  readonly params: { readonly token: string };
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Wrong addresses that one caller may try within a minute. */
const mostWrong = 60;

export function triggerRoutes({ services, clock }: HttpDeps): Some<Names> {
  const { triggers } = services;
  // No bound for all callers together: 256 bits are not guessed, and a flood must not shut out those who know theirs.
  const attempts = createAttempts(clock, {
    ...{ perMinute: mostWrong, perHour: Number.POSITIVE_INFINITY },
    ...{ failure: 'not_found', refusal: 'too_many_requests' },
  });
  const hook =
    (method: HookMethod) =>
    async ({ params, request, reply }: HookRequest) => {
      const answer = await attempts.guard(addressGroup(request.ip), () =>
        triggers.call(params.token, {
          method,
          headers: request.headers,
          query: readPairs(new URLSearchParams(request.url.split('?')[1] ?? '')),
          body: () => readBytes(request, hookLimits.bodyBytes),
        }),
      );
      return reply
        .code(answer.status)
        .header('cache-control', 'no-store')
        .type('application/json; charset=utf-8')
        .send(JSON.stringify(answer.body));
    };
  return {
    listTriggers: async ({ workspaceId }) => ({ items: await triggers.live(workspaceId) }),
    getTriggers: async ({ params, role }) => triggers.get(params.id, allows(role, 'member')),
    setTriggers: async ({ params, body, person }) => triggers.set(params.id, asPerson(person), body),
    postHook: hook('POST'),
    getHook: hook('GET'),
    putHook: hook('PUT'),
  };
}

/** The whole body, up to a bound. Rejects `body_too_large`. */
async function readBytes(request: FastifyRequest, most: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > most) throw new AppError('body_too_large');
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request.raw) {
    size += (part as Buffer).length;
    if (size > most) throw new AppError('body_too_large');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}
