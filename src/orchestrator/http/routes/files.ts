import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../../shared/errors.ts';
import { limits } from '../../../shared/model/values.ts';
import { dispositionOf } from '../../files/media.ts';
import { readRange } from '../../files/range.ts';
import type { BlobStore } from '../../services.ts';
import type { Some } from '../call.ts';
import type { HttpDeps } from '../server-deps.ts';

type Names = 'uploadFile' | 'listFiles' | 'downloadFile' | 'getBlob' | 'putBlob';

export function fileRoutes({ services }: HttpDeps): Some<Names> {
  const { files, blobs, attemptTickets } = services;

  const attemptOf = (ticket: string) => {
    const attempt = attemptTickets.check(ticket);
    if (attempt === null) throw new AppError('ticket_spent');
    return attempt;
  };

  return {
    uploadFile: async ({ workspaceId, query, request }) => {
      refuseTooLarge(request);
      const file = await files.add(workspaceId, query.name, request.raw);
      return files.get(file.fileId).then((stored) => stored ?? fail());
    },

    listFiles: async ({ workspaceId, query }) => files.list(workspaceId, query),

    downloadFile: async ({ params, request, reply }) => {
      const file = await files.get(params.id);
      if (file === null) throw new AppError('not_found');
      reply
        .type(file.mime.startsWith('text/') ? `${file.mime}; charset=utf-8` : file.mime)
        .header('content-disposition', dispositionOf(file.name, file.mime))
        // Content under an id never changes; it is the workspace's own, so no shared cache may keep it.
        .header('cache-control', 'private, max-age=31536000, immutable')
        .header('etag', `"${file.sha256}"`)
        .header('content-security-policy', "default-src 'none'; sandbox")
        .header('cross-origin-resource-policy', 'cross-origin');
      if (request.headers['if-none-match'] === `"${file.sha256}"`) return reply.code(304).send();
      return sendBlob(blobs, file.sha256, request, reply);
    },

    getBlob: async ({ params, query, request, reply }) => {
      // What this attempt's input does not name is not there for it.
      if (!attemptOf(query.ticket).blobs.includes(params.sha256)) throw new AppError('not_found');
      reply.type('application/octet-stream').header('cache-control', 'private, no-store');
      return sendBlob(blobs, params.sha256, request, reply);
    },

    putBlob: async ({ params, query, request }) => {
      const { delivered } = attemptOf(query.ticket);
      refuseTooLarge(request);
      await blobs.put(request.raw, { maxBytes: limits.fileUpload, expected: params.sha256 });
      delivered.add(params.sha256);
    },
  };
}

/** Sends the content, or the range of it that is asked for. */
async function sendBlob(
  blobs: BlobStore,
  sha256: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const size = await blobs.size(sha256);
  if (size === null) throw new AppError('not_found', 'The content is no longer here');
  const range = readRange(request.headers.range, size);
  reply.header('accept-ranges', 'bytes');
  if (range.kind === 'unsatisfiable') return reply.code(416).header('content-range', `bytes */${size}`).send();
  const part = range.kind === 'part' ? { start: range.start, end: range.end } : undefined;
  const opened = await blobs.open(sha256, part);
  if (opened === null) throw new AppError('not_found', 'The content is no longer here');
  if (part !== undefined) reply.code(206).header('content-range', `bytes ${part.start}-${part.end}/${size}`);
  reply.header('content-length', part === undefined ? size : part.end - part.start + 1);
  return reply.send(opened.stream);
}

function refuseTooLarge(request: FastifyRequest): void {
  if (Number(request.headers['content-length'] ?? 0) > limits.fileUpload) throw new AppError('body_too_large');
}

function fail(): never {
  throw new AppError('not_found');
}
