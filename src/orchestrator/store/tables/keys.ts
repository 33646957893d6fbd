/** Provider keys, secrets, what was used, and settings of a workspace. */
import type { Provider, ProviderModel } from '../../../shared/model/api-key.ts';
import { table } from '../store.ts';

/** `sealed` is AES-256-GCM under the host's master key, bound to the workspace and the id (S5). */
export interface ProviderKeyRow {
  id: string;
  workspaceId: string;
  name: string;
  provider: Provider;
  baseUrl: string;
  sealed: string;
  last4: string;
  models: ProviderModel[];
  modelsAt: number | null;
  enabled: boolean;
  createdBy: string | null;
  createdAt: number;
  lastUsedAt: number | null;
  lastUsedBy: string | null;
  lastError: { code: string; message: string; at: number } | null;
}
export const providerKeys = table<ProviderKeyRow>({
  name: 'provider_keys',
  key: ['id'],
  columns: {
    id: 'text',
    workspaceId: 'text',
    name: 'text',
    provider: 'text',
    baseUrl: 'text',
    sealed: 'text',
    last4: 'text',
    models: 'json',
    modelsAt: 'integer',
    enabled: 'boolean',
    createdBy: 'text',
    createdAt: 'integer',
    lastUsedAt: 'integer',
    lastUsedBy: 'text',
    lastError: 'json',
  },
});

/** Sealed as a provider key is, bound to the workspace and the name. */
export interface SecretRow {
  workspaceId: string;
  name: string;
  sealed: string;
  createdAt: number;
  updatedAt: number;
  updatedBy: string | null;
  lastUsedAt: number | null;
}
export const secrets = table<SecretRow>({
  name: 'secrets',
  key: ['workspaceId', 'name'],
  columns: {
    workspaceId: 'text',
    name: 'text',
    sealed: 'text',
    createdAt: 'integer',
    updatedAt: 'integer',
    updatedBy: 'text',
    lastUsedAt: 'integer',
  },
});

/** One answer of a model: written in the commit that ends its job, so that both are there or neither is. */
export interface UsageEventRow {
  /** The job's id: a job ends once. */
  id: string;
  workspaceId: string;
  at: number;
  /** Name of the member. */
  member: string | null;
  flowId: string | null;
  runId: string | null;
  stepId: string | null;
  /** `host` for calls with a provider key. */
  nodeId: string | null;
  keyId: string | null;
  model: string;
  task: string;
  inputTokens: number;
  outputTokens: number;
  estimated: boolean;
  ms: number;
  /** By the price table of that moment; null where it had no price. */
  cost: number | null;
  currency: string | null;
}
export const usageEvents = table<UsageEventRow>({
  name: 'usage_events',
  key: ['id'],
  columns: {
    id: 'text',
    workspaceId: 'text',
    at: 'integer',
    member: 'text',
    flowId: 'text',
    runId: 'text',
    stepId: 'text',
    nodeId: 'text',
    keyId: 'text',
    model: 'text',
    task: 'text',
    inputTokens: 'integer',
    outputTokens: 'integer',
    estimated: 'boolean',
    ms: 'integer',
    cost: 'real',
    currency: 'text',
  },
});

/** Single values of a workspace: its price table, the private addresses that HTTP steps may reach. */
export interface WorkspaceSettingRow {
  workspaceId: string;
  name: string;
  value: unknown;
}
export const workspaceSettings = table<WorkspaceSettingRow>({
  name: 'workspace_settings',
  key: ['workspaceId', 'name'],
  columns: { workspaceId: 'text', name: 'text', value: 'json' },
});
