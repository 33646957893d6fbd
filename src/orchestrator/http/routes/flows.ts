import type { Person } from '../../services.ts';
import type { Principal } from '../../workspaces/credentials.ts';
import type { Some } from '../call.ts';
import type { HttpDeps } from '../server-deps.ts';

type Names =
  | 'listFlows'
  | 'createFlow'
  | 'getFlow'
  | 'updateFlow'
  | 'replaceFlowFile'
  | 'deleteFlow'
  | 'restoreFlow'
  | 'listVersions'
  | 'getVersionFile'
  | 'createVersion'
  | 'nameVersion'
  | 'restoreVersion'
  | 'listSamples';

export function flowRoutes({ services }: HttpDeps): Some<Names> {
  const { flows, samples } = services;
  return {
    listFlows: async ({ workspaceId, query }) => flows.list(workspaceId, query),
    createFlow: async ({ workspaceId, person, body }) => flows.create(workspaceId, asPerson(person), body),
    getFlow: async ({ params }) => ({ flow: await flows.summary(params.id), file: await flows.file(params.id) }),
    updateFlow: async ({ params, body }) => flows.change(params.id, body),
    replaceFlowFile: async ({ params, body }) => flows.replace(params.id, body),
    deleteFlow: async ({ params }) => flows.delete(params.id),
    restoreFlow: async ({ params }) => flows.restore(params.id),
    listVersions: async ({ params, query }) => flows.versions(params.id, query),
    getVersionFile: async ({ params }) => flows.versionFile(params.id, params.versionId),
    createVersion: async ({ person, params, body }) => flows.keepVersion(params.id, body.name, asPerson(person)),
    nameVersion: async ({ params, body }) => flows.nameVersion(params.id, params.versionId, body.name),
    restoreVersion: async ({ person, params }) => flows.restoreVersion(params.id, params.versionId, asPerson(person)),
    listSamples: async () => ({ items: samples.map((sample) => ({ ...sample })) }),
  };
}

export function asPerson({ user }: Principal): Person {
  return { userId: user.id, name: user.name };
}
