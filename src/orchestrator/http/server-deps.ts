import type { Logger } from 'pino';
import type { Clock } from '../../shared/clock.ts';
import type { ReachableModel } from '../../shared/model/inference.ts';
import type { SampleSummary } from '../../shared/model/sample.ts';
import type { ApprovalService } from '../approvals/approvals.ts';
import type { Acting } from '../audit/acting.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Backups } from '../backup/backups.ts';
import type { RetentionService } from '../history/retention.ts';
import type { HostingService } from '../hosting/hosting.ts';
import type { InviteService } from '../invites/invites.ts';
import type { KeyService } from '../keys/key-service.ts';
import type { AskThisNode } from '../nodes/this-node-relay.ts';
import type { SecretService } from '../secrets/secret-service.ts';
import type {
  AttemptTickets,
  BlobStore,
  FileService,
  FlowService,
  JobService,
  LiveHub,
  NodeService,
  RunService,
} from '../services.ts';
import type { TriggerService } from '../triggers/triggers.ts';
import type { UsageService } from '../usage/usage-service.ts';
import type { WorkspaceSettings } from '../usage/workspace-settings.ts';
import type { Collections } from '../vectors/collections.ts';
import type { Credentials } from '../workspaces/credentials.ts';
import type { Directory } from '../workspaces/directory.ts';
import type { Idempotency } from '../workspaces/idempotency.ts';
import type { MemberService } from '../workspaces/members.ts';
import type { Tickets } from '../workspaces/tickets.ts';
import type { WorkspaceService } from '../workspaces/workspaces.ts';

/** Everything that REST calls. */
export interface HttpServices {
  credentials: Credentials;
  tickets: Tickets;
  directory: Directory;
  idempotency: Idempotency;
  workspaces: WorkspaceService;
  members: MemberService;
  invites: InviteService;
  /** Whether other machines reach this host. */
  hosting: HostingService;
  nodes: NodeService;
  flows: FlowService;
  runs: RunService;
  approvals: ApprovalService;
  triggers: TriggerService;
  jobs: JobService;
  files: FileService;
  blobs: BlobStore;
  attemptTickets: AttemptTickets;
  hub: LiveHub;
  acting: Acting;
  audit: AuditLog;
  retention: RetentionService;
  backups: Backups;
  samples: readonly SampleSummary[];
  collections: Collections;
  keys: KeyService;
  secrets: SecretService;
  settings: WorkspaceSettings;
  usage: UsageService;
  models(workspaceId: string): Promise<ReachableModel[]>;
}

/** What the host is, as REST answers it. */
export interface HostFacts {
  hostId: string;
  ownerId: string;
  name: string;
  version: string;
  /** Id of the embedded worker's node, once it has registered. */
  nodeId(): Promise<string | null>;
  /** What the owner of this machine decides, by way of the process that started this host. */
  askThisNode: AskThisNode;
  /** SHA-256 of the owner's token of this start. */
  adminTokenHash: string;
  /** Names by which this host may be called, beside loopback and the address that a connection came to. */
  names(): readonly string[];
  /** The name of the proxy in front of it (S4), or null. */
  proxy: string | null;
  /** Origin, known once the host listens. */
  url(): string;
  ready(): boolean;
}

export interface HttpDeps {
  services: HttpServices;
  host: HostFacts;
  /** The built interface; null serves none. */
  staticDir: string | null;
  clock: Clock;
  log: Logger;
}
