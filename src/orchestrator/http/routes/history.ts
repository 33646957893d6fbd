import { Readable } from 'node:stream';
import { auditFormats, auditText } from '../../audit/export.ts';
import type { Some } from '../call.ts';
import type { HttpDeps } from '../server-deps.ts';

type Names =
  | 'getRetention'
  | 'setRetention'
  | 'listAudit'
  | 'exportAudit'
  | 'listHostAudit'
  | 'listBackups'
  | 'createBackup';

export function historyRoutes({ services }: HttpDeps): Some<Names> {
  const { retention, audit, backups } = services;
  return {
    getRetention: async ({ workspaceId }) => retention.get(workspaceId),
    setRetention: async ({ workspaceId, body }) => retention.set(workspaceId, body.historyDays),

    listAudit: async ({ workspaceId, query }) => audit.list(workspaceId, query),
    exportAudit: async ({ workspaceId, query, reply }) => {
      const { format = 'jsonl', ...filter } = query;
      const { mime, ending } = auditFormats[format];
      reply
        .type(mime)
        .header('content-disposition', `attachment; filename="audit.${ending}"`)
        .header('cache-control', 'private, no-store');
      return reply.send(Readable.from(auditText(audit.all(workspaceId, filter), format), { objectMode: false }));
    },
    listHostAudit: async ({ query: { workspaceId, ...query } }) => audit.list(workspaceId ?? null, query),

    listBackups: async () => ({ items: await backups.list() }),
    createBackup: async () => backups.create('asked'),
  };
}
