/** Provider keys and secrets of a workspace, as people see them: never the value itself (S5). */
import { type Static, Type } from 'typebox';
import { Id, Name, Timestamp } from './values.ts';

export const providers = ['openai_compatible', 'anthropic'] as const;
export const Provider = Type.Enum(providers, { $id: 'Provider' });
export type Provider = (typeof providers)[number];

/** Where each provider is reached unless a key names another address. */
export const usualBaseUrl: Readonly<Record<Provider, string>> = {
  openai_compatible: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
};

export const ProviderModel = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 200 }),
    name: Type.Optional(Type.String({ maxLength: 200 })),
    /** Tokens, where the provider says. */
    contextLength: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  { $id: 'ProviderModel' },
);
export type ProviderModel = Static<typeof ProviderModel>;

const Somebody = Type.Union([Type.Object({ userId: Id, name: Name }), Type.Null()]);

export const ProviderKey = Type.Object(
  {
    id: Id,
    workspaceId: Id,
    name: Name,
    provider: Provider,
    baseUrl: Type.String(),
    /** The last four characters of the secret; '' for one that is too short to show any. */
    last4: Type.String({ maxLength: 4 }),
    models: Type.Array(ProviderModel),
    modelsAt: Type.Union([Timestamp, Type.Null()]),
    enabled: Type.Boolean(),
    createdBy: Somebody,
    createdAt: Timestamp,
    lastUsedAt: Type.Union([Timestamp, Type.Null()]),
    /** Name of the member whose run used it. */
    lastUsedBy: Type.Union([Type.String(), Type.Null()]),
    /** What went wrong when it was used or tested last; null when that went well. */
    lastError: Type.Union([Type.Object({ code: Type.String(), message: Type.String(), at: Timestamp }), Type.Null()]),
  },
  { $id: 'ProviderKey' },
);
export type ProviderKey = Static<typeof ProviderKey>;

/** The key itself, on its way in. A server on one's own network may want none. */
export const KeySecret = Type.String({ maxLength: 2_000, pattern: '^[\\x21-\\x7e]*$' });
export const BaseUrl = Type.String({ maxLength: 500, pattern: '^https?://[^\\s]+$' });

/** What a provider answered when a key was tried. */
export const KeyTest = Type.Object(
  {
    ok: Type.Boolean(),
    models: Type.Array(ProviderModel),
    error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String(), next: Type.String() })),
  },
  { $id: 'KeyTest' },
);
export type KeyTest = Static<typeof KeyTest>;

export const SecretName = Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_]{0,59}$' });

/** A secret of a workspace by its name; steps use it as `{{ secrets.NAME }}`. */
export const SecretEntry = Type.Object(
  {
    name: SecretName,
    createdAt: Timestamp,
    updatedAt: Timestamp,
    updatedBy: Type.Union([Type.String(), Type.Null()]),
    lastUsedAt: Type.Union([Timestamp, Type.Null()]),
  },
  { $id: 'SecretEntry' },
);
export type SecretEntry = Static<typeof SecretEntry>;
