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
  const { collections, keys, secrets, settings, models, hub } = services;
  /** Tells whoever looks at the page Keys, or chooses a model, that something changed; never what. */
  const telling = async <Value>(workspaceId: string, change: Promise<Value>): Promise<Value> => {
    const value = await change;
    hub.publish(workspaceId, `workspace:${workspaceId}`, { kind: 'keys.changed' });
    return value;
  };
  return {
    listApiKeys: async ({ workspaceId }) => ({ items: await keys.list(workspaceId) }),
    createApiKey: async ({ workspaceId, person, body }) =>
      telling(workspaceId, keys.create(workspaceId, asPerson(person), body)),
    testApiKey: async ({ body }) => keys.test(body),
    updateApiKey: async ({ workspaceId, params, body }) => telling(workspaceId, keys.update(params.id, body)),
    deleteApiKey: async ({ workspaceId, params }) => telling(workspaceId, keys.delete(params.id)),
    refreshApiKey: async ({ workspaceId, params }) => telling(workspaceId, keys.refresh(params.id)),

    listSecrets: async ({ workspaceId }) => ({ items: await secrets.list(workspaceId) }),
    putSecret: async ({ workspaceId, person, params, body }) =>
      telling(workspaceId, secrets.put(workspaceId, asPerson(person), params.name, body.value)),
    deleteSecret: async ({ workspaceId, params }) => telling(workspaceId, secrets.delete(workspaceId, params.name)),

    listCollections: async ({ workspaceId }) => ({ items: await collections.list(workspaceId) }),
    deleteCollection: async ({ workspaceId, params }) => collections.delete(workspaceId, params.name),

    listModels: async ({ workspaceId }) => ({ items: await models(workspaceId) }),

    getHttpAccess: async ({ workspaceId }) => ({ allow: await settings.httpAllow(workspaceId) }),
    putHttpAccess: async ({ workspaceId, body }) => ({
      allow: await telling(workspaceId, settings.putHttpAllow(workspaceId, body.allow)),
    }),
  };
}
