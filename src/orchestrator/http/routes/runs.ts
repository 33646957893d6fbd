import { Readable } from 'node:stream';
import type { Some } from '../call.ts';
import type { HttpDeps } from '../server-deps.ts';
import { asPerson } from './flows.ts';

type Names =
  | 'startRun'
  | 'startRunOfFile'
  | 'listRuns'
  | 'getRun'
  | 'listRunSteps'
  | 'getRunStep'
  | 'getRunValue'
  | 'cancelRun'
  | 'resumeRun';

export function runRoutes({ services }: HttpDeps): Some<Names> {
  const { flows, runs } = services;
  return {
    startRun: async ({ workspaceId, person, params, body }) => {
      const { version, file } = await flows.freeze(params.id, asPerson(person));
      const { inputs = {}, ...options } = body;
      return runs.start({
        workspaceId,
        flowId: params.id,
        version,
        file,
        inputs,
        startedBy: person.user.name,
        options,
      });
    },

    startRunOfFile: async ({ workspaceId, person, body }) => {
      const { inputs = {}, file: given, ...options } = body;
      const { version, file } = await flows.freezeFile(workspaceId, given, asPerson(person));
      return runs.start({ workspaceId, flowId: null, version, file, inputs, startedBy: person.user.name, options });
    },

    listRuns: async ({ workspaceId, query }) => runs.list(workspaceId, query),
    getRun: async ({ params }) => runs.detail(params.id),
    listRunSteps: async ({ params, query }) => runs.steps(params.id, query),
    getRunStep: async ({ params, query }) => runs.step(params.id, params.stepId, query.path ?? ''),
    getRunValue: async ({ params, query, reply }) => {
      const text = await runs.value(params.id, query);
      reply.type('application/json; charset=utf-8').header('cache-control', 'private, no-store');
      return reply.send(Readable.from(text, { objectMode: false }));
    },
    cancelRun: async ({ params }) => runs.cancel(params.id),
    resumeRun: async ({ params, body }) => runs.resume(params.id, body),
  };
}
