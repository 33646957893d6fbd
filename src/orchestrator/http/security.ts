import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../shared/errors.ts';
import { addressGroup } from '../address-group.ts';
import { originOf } from './authentication.ts';
import { desktopOrigin, isKnownHost } from './origin.ts';

const requestsPerMinute = 12_000;

/** Headers, names, origins and rates, before anything else looks at a request. */
export async function installSecurity(app: FastifyInstance, names: () => readonly string[]): Promise<void> {
  app.addHook('onRequest', async (request) => {
    if (!isKnownHost(request.headers.host, names(), request.raw.socket.localAddress)) throw new AppError('wrong_host');
  });
  await app.register(helmet, helmetOptions);
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => addressGroup(request.ip),
    errorResponseBuilder: () => new AppError('too_many_requests'),
  });
  installCors(app);
}

/**
 * No inline script anywhere. Styles may stand inline: Radix and CodeMirror put `<style>` elements into the page. WebSockets are
 * named besides 'self', which does not cover them in every browser.
 */
const helmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      scriptSrcAttr: ["'none'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      fontSrc: ["'self'", 'data:'],
      connectSrc: ["'self'", (request: unknown) => socketOrigin(request)],
      workerSrc: ["'self'", 'blob:'],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  strictTransportSecurity: false as const,
  crossOriginEmbedderPolicy: false as const,
  referrerPolicy: { policy: 'no-referrer' as const },
  xFrameOptions: { action: 'deny' as const },
};

/** The `Host` header has been checked by then. */
function socketOrigin(request: unknown): string {
  const headers: unknown = Reflect.get(request as object, 'headers');
  const host: unknown = typeof headers === 'object' && headers !== null ? Reflect.get(headers, 'host') : undefined;
  return typeof host === 'string' && isKnownHostShape(host) ? `ws://${host} wss://${host}` : 'ws://localhost';
}

function isKnownHostShape(host: string): boolean {
  return /^[a-z0-9.:[\]-]+$/i.test(host);
}

/** Exactly the desktop window may call from another origin, with a bearer token: cookies are never allowed along. */
function installCors(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('vary', 'Origin');
    if (originOf(request) !== 'desktop') {
      if (isPreflight(request)) throw new AppError('wrong_origin');
      return;
    }
    reply
      .header('access-control-allow-origin', desktopOrigin)
      .header(
        'access-control-expose-headers',
        'x-live-position, content-range, content-disposition, idempotency-replayed',
      );
    if (!isPreflight(request)) return;
    await reply
      .code(204)
      .header('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE')
      .header('access-control-allow-headers', 'authorization, content-type, idempotency-key, range')
      .header('access-control-max-age', '600')
      .send();
  });
}

function isPreflight(request: FastifyRequest): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
}
