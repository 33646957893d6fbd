import type { Some } from '../call.ts';
import type { HttpDeps } from '../server-deps.ts';
import { asPerson } from './flows.ts';

type Names =
  | 'listApiKeys'
  | 'createApiKey'
  | 'testApiKey'
  | 'updateApiKey'
  | 'deleteApiKey'
  | 'refreshApiKey'
  | 'listSecrets'
  | 'putSecret'
  | 'deleteSecret'
  | 'listCollections'
  | 'deleteCollection'
  | 'listModels'
  | 'getHttpAccess'
  | 'putHttpAccess';

export function keyRoutes({ services }: HttpDeps): Some<Names> {
  const { collections, keys, secrets, settings, models } = services;
  return {
    listApiKeys: async ({ workspaceId }) => ({ items: await keys.list(workspaceId) }),
    createApiKey: async ({ workspaceId, person, body }) => keys.create(workspaceId, asPerson(person), body),
    testApiKey: async ({ body }) => keys.test(body),
    updateApiKey: async ({ params, body }) => keys.update(params.id, body),
    deleteApiKey: async ({ params }) => keys.delete(params.id),
    refreshApiKey: async ({ params }) => keys.refresh(params.id),

    listSecrets: async ({ workspaceId }) => ({ items: await secrets.list(workspaceId) }),
    putSecret: async ({ workspaceId, person, params, body }) =>
      secrets.put(workspaceId, asPerson(person), params.name, body.value),
    deleteSecret: async ({ workspaceId, params }) => secrets.delete(workspaceId, params.name),

    listCollections: async ({ workspaceId }) => ({ items: await collections.list(workspaceId) }),
    deleteCollection: async ({ workspaceId, params }) => collections.delete(workspaceId, params.name),

    listModels: async ({ workspaceId }) => ({ items: await models(workspaceId) }),

    getHttpAccess: async ({ workspaceId }) => ({ allow: await settings.httpAllow(workspaceId) }),
    putHttpAccess: async ({ workspaceId, body }) => ({ allow: await settings.putHttpAllow(workspaceId, body.allow) }),
  };
}
