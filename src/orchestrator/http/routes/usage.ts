import { Readable } from 'node:stream';
import type { Some } from '../call.ts';
import type { HttpDeps } from '../server-deps.ts';

type Names = 'getUsage' | 'exportUsage' | 'getPrices' | 'putPrices';

const types = { csv: 'text/csv; charset=utf-8', jsonl: 'application/jsonl; charset=utf-8' } as const;

export function usageRoutes({ services }: HttpDeps): Some<Names> {
  const { usage, settings } = services;
  return {
    getUsage: async ({ workspaceId, query }) => usage.report(workspaceId, query),
    exportUsage: async ({ workspaceId, query, reply }) => {
      const { format = 'csv', ...filter } = query;
      return reply
        .type(types[format])
        .header('content-disposition', `attachment; filename="usage.${format}"`)
        .send(Readable.from(usage.lines(workspaceId, filter, format)));
    },
    getPrices: async ({ workspaceId }) => settings.prices(workspaceId),
    putPrices: async ({ workspaceId, body }) => settings.putPrices(workspaceId, body),
  };
}
