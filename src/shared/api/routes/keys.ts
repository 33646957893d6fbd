/** Provider keys, secrets, and the models they lead to. */
import { Type } from 'typebox';
import { BaseUrl, KeySecret, KeyTest, Provider, ProviderKey, SecretEntry, SecretName } from '../../model/api-key.ts';
import { ReachableModel } from '../../model/inference.ts';
import { Id, Name } from '../../model/values.ts';
import { Collection, CollectionName } from '../../model/vectors.ts';
import { route, WithId } from '../route.ts';

const NewKey = {
  provider: Provider,
  /** The provider's own address where it is left out. */
  baseUrl: Type.Optional(BaseUrl),
  secret: KeySecret,
};
const SecretPath = Type.Object({ id: Id, name: SecretName });

export const keysRoutes = {
  listApiKeys: route('listApiKeys', {
    method: 'GET',
    path: '/workspaces/:id/api-keys',
    access: 'viewer',
    resource: 'workspace',
    summary: 'The provider keys of a workspace: their last four characters, never more (S5)',
    params: WithId,
    response: Type.Object({ items: Type.Array(ProviderKey) }),
  }),
  createApiKey: route('createApiKey', {
    method: 'POST',
    path: '/workspaces/:id/api-keys',
    access: 'admin',
    resource: 'workspace',
    summary: 'Keep a provider key, after trying it; `untested` keeps it as it is',
    params: WithId,
    body: Type.Object({ name: Name, ...NewKey, untested: Type.Optional(Type.Boolean()) }),
    response: ProviderKey,
    status: 201,
  }),
  testApiKey: route('testApiKey', {
    method: 'POST',
    path: '/workspaces/:id/api-keys/test',
    access: 'admin',
    resource: 'workspace',
    summary: 'Try a provider key without keeping it',
    params: WithId,
    body: Type.Object(NewKey),
    response: KeyTest,
  }),
  updateApiKey: route('updateApiKey', {
    method: 'PATCH',
    path: '/api-keys/:id',
    access: 'admin',
    resource: 'key',
    summary: 'Rename, disable or enable a key, or rotate its secret; another address needs the secret again',
    params: WithId,
    body: Type.Object({
      name: Type.Optional(Name),
      enabled: Type.Optional(Type.Boolean()),
      secret: Type.Optional(KeySecret),
      baseUrl: Type.Optional(BaseUrl),
    }),
    response: ProviderKey,
  }),
  deleteApiKey: route('deleteApiKey', {
    method: 'DELETE',
    path: '/api-keys/:id',
    access: 'admin',
    resource: 'key',
    summary: 'Forget a key',
    params: WithId,
  }),
  refreshApiKey: route('refreshApiKey', {
    method: 'POST',
    path: '/api-keys/:id/models',
    access: 'admin',
    resource: 'key',
    summary: 'Try a key again, and read the list of its models anew; what went wrong stands in `lastError`',
    params: WithId,
    response: ProviderKey,
  }),

  listSecrets: route('listSecrets', {
    method: 'GET',
    path: '/workspaces/:id/secrets',
    access: 'viewer',
    resource: 'workspace',
    summary: 'The names of the secrets of a workspace',
    params: WithId,
    response: Type.Object({ items: Type.Array(SecretEntry) }),
  }),
  putSecret: route('putSecret', {
    method: 'PUT',
    path: '/workspaces/:id/secrets/:name',
    access: 'admin',
    resource: 'workspace',
    summary: 'Keep a secret under a name; it can be used, and never read again',
    params: SecretPath,
    body: Type.Object({ value: Type.String({ minLength: 1, maxLength: 16_000 }) }),
    response: SecretEntry,
  }),
  deleteSecret: route('deleteSecret', {
    method: 'DELETE',
    path: '/workspaces/:id/secrets/:name',
    access: 'admin',
    resource: 'workspace',
    summary: 'Forget a secret',
    params: SecretPath,
  }),

  listCollections: route('listCollections', {
    method: 'GET',
    path: '/workspaces/:id/collections',
    access: 'viewer',
    resource: 'workspace',
    summary: 'Its collections of texts and embeddings, with their sizes',
    params: WithId,
    response: Type.Object({ items: Type.Array(Collection) }),
  }),
  deleteCollection: route('deleteCollection', {
    method: 'DELETE',
    path: '/workspaces/:id/collections/:name',
    access: 'member',
    resource: 'workspace',
    summary: 'Delete a collection with all that is in it',
    params: Type.Object({ id: Id, name: CollectionName }),
  }),
  listModels: route('listModels', {
    method: 'GET',
    path: '/workspaces/:id/models',
    access: 'viewer',
    resource: 'workspace',
    summary: 'Every model that the workspace can reach, by a key or on its nodes',
    params: WithId,
    response: Type.Object({ items: Type.Array(ReachableModel) }),
  }),

  getHttpAccess: route('getHttpAccess', {
    method: 'GET',
    path: '/workspaces/:id/http-access',
    access: 'viewer',
    resource: 'workspace',
    summary: 'The private addresses that HTTP steps may reach (S9)',
    params: WithId,
    response: Type.Object({ allow: Type.Array(Type.String()) }),
  }),
  putHttpAccess: route('putHttpAccess', {
    method: 'PUT',
    path: '/workspaces/:id/http-access',
    access: 'admin',
    resource: 'workspace',
    summary:
      'Set them: names (`nas.local`), addresses (`192.168.1.20`) or networks (`10.1.0.0/16`), each with or without `:port`',
    params: WithId,
    body: Type.Object({ allow: Type.Array(Type.String({ minLength: 1, maxLength: 260 }), { maxItems: 100 }) }),
    response: Type.Object({ allow: Type.Array(Type.String()) }),
  }),
} as const;
