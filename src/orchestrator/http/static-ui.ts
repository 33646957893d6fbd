import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../shared/errors.ts';

export interface StaticUi {
  /** Sends the page where an address inside the interface was opened directly; false where it is none. */
  page(request: FastifyRequest, reply: FastifyReply): FastifyReply | false;
}

/** Serves the built interface. Files below /assets carry their hash in the name and may be kept for ever. */
export async function installStaticUi(app: FastifyInstance, folder: string | null): Promise<StaticUi> {
  if (folder === null) return { page: () => false };
  if (!existsSync(join(folder, 'index.html'))) {
    throw new AppError('internal', `There is no built interface in ${folder}; run "npm run build"`);
  }
  await app.register(fastifyStatic, {
    root: folder,
    wildcard: true,
    index: 'index.html',
    cacheControl: false,
    preCompressed: true,
    setHeaders: (reply, path) => {
      const hashed = path.startsWith(join(folder, 'assets'));
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  return {
    page: (request, reply) => {
      if (!isPage(request)) return false;
      return reply.code(200).header('cache-control', 'no-cache').sendFile('index.html');
    },
  };
}

/** A navigation, not a missing file, an API call or a socket. */
function isPage(request: FastifyRequest): boolean {
  const path = request.url.split('?')[0] ?? '';
  const reserved = /^\/(api|ws|assets|healthz|readyz)(\/|$)/.test(path);
  return request.method === 'GET' && !reserved && (request.headers.accept ?? '').includes('text/html');
}
