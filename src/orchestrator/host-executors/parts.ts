/** What the host does itself, put together: the vault, keys, secrets, executors, and the account of what was used. */
import type { Clock } from '../../shared/clock.ts';
import type { IdSource } from '../../shared/ids.ts';
import { type AgentExecutorDeps, createAgentExecutor } from '../agents/agent.ts';
import { createFlowRuns } from '../agents/flow-runs.ts';
import { createPartJobs } from '../agents/part-jobs.ts';
import { createKeyService, type KeyService } from '../keys/key-service.ts';
import { createVault } from '../keys/vault.ts';
import type { EventHub } from '../live/hub.ts';
import { createSecretService, type SecretService } from '../secrets/secret-service.ts';
import type { BlobStore, FileService, FlowService, JobService, RunService } from '../services.ts';
import type { Store } from '../store/store.ts';
import { files as fileTable, flows as flowTable, runs, users } from '../store/tables.ts';
import { createUsageWriter, type UsageWriter } from '../usage/usage-events.ts';
import { createUsageService, type UsageService } from '../usage/usage-service.ts';
import { createWorkspaceSettings, type WorkspaceSettings } from '../usage/workspace-settings.ts';
import type { Collections } from '../vectors/collections.ts';
import type { RandomBytes } from '../workspaces/secrets.ts';
import { readAll } from './content.ts';
import type { HostDeskDeps, HostWorld } from './desk.ts';
import { createFileExecutor } from './file.ts';
import { HostFault } from './host-executor.ts';
import { createHttpExecutor } from './http.ts';
import { createMcpExecutor } from './mcp.ts';
import { createProviderExecutor } from './provider.ts';
import { createVectorsExecutor } from './vectors.ts';

export interface HostParts {
  keys: KeyService;
  secrets: SecretService;
  settings: WorkspaceSettings;
  usage: UsageService;
  hostWork: Pick<HostDeskDeps, 'executors' | 'world'>;
  alongside: UsageWriter['alongside'];
}

export function createHostParts(deps: {
  store: Store;
  blobs: BlobStore;
  files: FileService;
  collections: Collections;
  masterKey: Buffer;
  clock: Clock;
  ids: IdSource;
  random: RandomBytes;
  hub: EventHub;
  /** Those that are built later; an agent has jobs done, and flows run. */
  later: { jobs(): JobService; runs(): RunService; flows(): FlowService };
}): HostParts {
  const { store, clock } = deps;
  const vault = createVault(deps.masterKey, deps.random);
  const keys = createKeyService({ ...deps, vault });
  const secrets = createSecretService({ store, vault, clock });
  const settings = createWorkspaceSettings(store);
  const files = createHostWorld(deps);
  const writer = createUsageWriter({ store, clock, settings, askedBy: files.askedBy });
  return {
    keys,
    secrets,
    settings,
    usage: createUsageService({ store, settings, clock }),
    hostWork: {
      executors: [
        createProviderExecutor({ keys, clock }),
        createHttpExecutor({ secrets, clock, allowedIn: settings.allowedIn }),
        createVectorsExecutor(deps.collections),
        createFileExecutor(),
        createMcpExecutor({ secrets, allowedIn: settings.allowedIn }),
        createAgentExecutor(agentDeps(deps)),
      ],
      world: { ...files, spent: writer.spent },
    },
    alongside: writer.alongside,
  };
}

function agentDeps({ store, hub, clock, later }: Parameters<typeof createHostParts>[0]): AgentExecutorDeps {
  const workspaceOf = async (flowId: string) => {
    const row = await store.get(flowTable, { id: flowId });
    return row === null || row.deletedAt !== null ? null : row.workspaceId;
  };
  return {
    clock,
    parts: createPartJobs({ clock, jobs: later.jobs, hub }),
    flows: createFlowRuns({ ...later, workspaceOf }),
  };
}

function createHostWorld({
  store,
  blobs,
  files,
}: {
  store: Store;
  blobs: BlobStore;
  files: FileService;
}): Omit<HostWorld, 'spent'> {
  return {
    async readFile(workspaceId, { fileId, sha256, name }, maxBytes) {
      // Nothing crosses workspaces, whatever a job's input says.
      const row = await store.get(fileTable, { id: fileId });
      const isOurs = row !== null && row.workspaceId === workspaceId && row.sha256 === sha256;
      const opened = isOurs ? await blobs.open(sha256) : null;
      if (opened === null)
        throw new HostFault('file_unknown', `"${name}" is not a file of this workspace. Upload it again.`);
      const tooLarge = () => new HostFault('file_too_large', `"${name}" is larger than ${maxBytes} bytes.`);
      return readAll(opened.stream, maxBytes, tooLarge);
    },
    addFile: (workspaceId, name, content) => files.add(workspaceId, name, content),
    async askedBy({ submittedBy, runId }) {
      if (runId !== null) return (await store.get(runs, { id: runId }))?.startedBy ?? null;
      return submittedBy === null ? null : ((await store.get(users, { id: submittedBy }))?.name ?? null);
    },
  };
}
