/**
 * The orchestrator's services as they see each other. http and live call them; they call the store and one another through
 * these interfaces only; main.ts builds them.
 */
import type { FlowFile, FlowVersion } from '../shared/model/flow.ts';
import type { WhenBusy } from '../shared/model/flow-settings.ts';
import type {
  Explanation,
  Job,
  JobHappening,
  JobOrigin,
  JobState,
  JobSubmit,
  OutputChunk,
  Placement,
  Requirements,
} from '../shared/model/job.ts';
import type { Node, NodeRecord, ResourceLimits } from '../shared/model/node.ts';
import type {
  FlowSummary,
  RunDetail,
  RunOptions,
  RunState,
  RunSummary,
  StepDetail,
  StepError,
  StepInstance,
  StepState,
} from '../shared/model/run.ts';
import type { RunParent, RunTrigger } from '../shared/model/trigger.ts';
import type { FileValue } from '../shared/model/values.ts';
import type { LiveEvent, Position } from '../shared/protocol/live.ts';
import type { Change } from './store/store.ts';

export interface Page<Item> {
  items: Item[];
  next: string | null;
}
export interface PageRequest {
  cursor?: string;
  limit?: number;
}

/** Live events of all workspaces: one (epoch, sequence) each, a bounded ring of recent ones (data.md, Live). */
export interface LiveHub {
  publish(workspaceId: string, topic: string, event: LiveEvent): void;
  position(workspaceId: string): Position;
}

/** Which jobs are meant: those that match all that is given. */
export interface JobFilter {
  jobIds?: readonly string[];
  states?: readonly JobState[];
  kind?: string;
  runId?: string;
  submittedBy?: string;
}

/** A job as a service submits it. */
export interface NewJob extends JobSubmit {
  origin?: JobOrigin;
  /** A route of the host made it, of a kind that nobody may submit. */
  byHost?: true;
}

export interface FinishedJob {
  job: Job;
  /** The node of the attempt that decided; null for jobs cancelled in line. */
  nodeId: string | null;
}

export interface JobService {
  /** Resolves with the ids when the jobs, and `alongside` in the same transaction, are durable (J1). Rejects `queue_full`, `job_kind_unknown`. */
  submit(
    workspaceId: string,
    submittedBy: string | null,
    jobs: readonly NewJob[],
    alongside?: (ids: readonly string[]) => readonly Change[],
  ): Promise<string[]>;
  get(jobId: string): Promise<Job | null>;
  /** `state` names one or several states, separated by commas. */
  list(
    workspaceId: string,
    page: PageRequest & { state?: string; kind?: string; runId?: string; submittedBy?: string; runs?: 'none' },
  ): Promise<Page<Job>>;
  /** J9: everything that happened to it, the earliest first. */
  history(jobId: string): Promise<{ state: JobState; happenings: JobHappening[]; cut: boolean }>;
  output(jobId: string): Promise<{ chunks: OutputChunk[]; cut: boolean }>;
  explain(jobId: string): Promise<Explanation>;
  /** Who could do a job with such a need, without one. */
  explainNeed(workspaceId: string, kind: string, requires?: Partial<Requirements>): Promise<Placement>;
  /** J3: cancels at once; a late result is dropped. `by`: the member who did it. */
  cancel(jobId: string, by?: string | null): Promise<Job>;
  /** Cancels the open jobs of a workspace that match all that is given, none where nothing is; answers how many. */
  cancelMany(workspaceId: string, filter: JobFilter, by: string | null): Promise<number>;
  /** A fresh series of attempts for a dead or failed job. Rejects `job_not_failed`, `job_of_run`, `queue_full`. */
  requeue(jobId: string, by: string | null): Promise<Job>;
  /** The same for those that match, up to 1,000; `more` when there are further ones. */
  requeueMany(
    workspaceId: string,
    filter: { jobIds?: readonly string[]; state?: 'dead' | 'failed'; kind?: string },
    by: string | null,
  ): Promise<{ requeued: number; more: boolean }>;
  cancelRun(runId: string): Promise<void>;
  /** Before a workspace is deleted. */
  cancelWorkspace(workspaceId: string): Promise<void>;
  /** Told after the commit that finished a job, and (live) when one of a run starts on a node. Returns how to stop listening. */
  onFinished(listener: (finished: FinishedJob) => void): () => void;
  onStarted(listener: (started: { job: Job; nodeId: string }) => void): () => void;
}

export interface NodeService {
  list(filter: { workspaceId?: string; userWorkspaceIds?: readonly string[] }): Promise<Node[]>;
  get(nodeId: string): Promise<Node | null>;
  /** The evidence behind its reputation; jobs of workspaces that are not visible are not named. */
  record(nodeId: string, visible: (workspaceId: string) => boolean): Promise<NodeRecord>;
  shareKeyOf(nodeId: string): Promise<string | null>;
  addByKey(workspaceId: string, shareKey: string): Promise<Node>;
  approve(workspaceId: string, nodeId: string): Promise<Node>;
  removeFrom(workspaceId: string, nodeId: string): Promise<void>;
  setLimits(nodeId: string, limits: ResourceLimits): Promise<Node>;
  /** N13: asks a node that is connected and allows it; the node itself has the last word. Rejects `remote_control_off`, `node_away`. */
  control(nodeId: string, action: 'pause' | 'resume' | 'drain' | 'restart'): Promise<Node>;
  /** Called when a workspace has been made: the host's own worker serves it. */
  welcomeWorkspace(workspaceId: string): Promise<void>;
  /** Called by the workspace service when a workspace is deleted. */
  forgetWorkspace(workspaceId: string): Promise<void>;
}

export interface Person {
  userId: string;
  name: string;
}

/** Flows and their documents: the Yjs document is the source (data.md). */
export interface FlowService {
  list(workspaceId: string, page: PageRequest): Promise<Page<FlowSummary>>;
  create(
    workspaceId: string,
    by: Person,
    what: { name?: string; file?: FlowFile; sample?: string; copyOf?: string },
  ): Promise<FlowSummary>;
  summary(flowId: string): Promise<FlowSummary>;
  file(flowId: string): Promise<FlowFile>;
  rename(flowId: string, name: string): Promise<FlowSummary>;
  /** Changes what is given, as one edit; `maxRuns` null takes the limit away. */
  change(flowId: string, what: { name?: string; maxRuns?: number | null; whenBusy?: WhenBusy }): Promise<FlowSummary>;
  replace(flowId: string, file: FlowFile): Promise<FlowSummary>;
  delete(flowId: string): Promise<void>;
  restore(flowId: string): Promise<FlowSummary>;
  /** Freezes the flow as it is: a new version, or the last one where nothing has changed since. */
  freeze(flowId: string, by: Person | null): Promise<{ version: FlowVersion; file: FlowFile }>;
  freezeFile(workspaceId: string, file: FlowFile, by: Person | null): Promise<{ version: FlowVersion; file: FlowFile }>;
  versions(flowId: string, page: PageRequest): Promise<Page<FlowVersion>>;
  versionFile(flowId: string | null, versionId: string): Promise<{ version: FlowVersion; file: FlowFile }>;
  /** Keeps the flow as it is now under a name. */
  keepVersion(flowId: string, name: string, by: Person | null): Promise<FlowVersion>;
  nameVersion(flowId: string, versionId: string, name: string | null): Promise<FlowVersion>;
  /** One edit of the document that brings it back to a version; what was not in a version yet is kept as one first. */
  restoreVersion(flowId: string, versionId: string, by: Person | null): Promise<FlowSummary>;
}

/** Which step instances of a run: `firstItem` asks for a window of the items of the Map `under` at `mapPath`. */
export interface StepFilter {
  stepId?: string;
  under?: string;
  state?: StepState;
  mapPath?: string;
  firstItem?: number;
  items?: number;
}

/** What somebody decided about an approval. */
export interface ApprovalDecision {
  readonly approvalId: string;
  readonly runId: string;
  readonly stepId: string;
  readonly path: string;
  readonly approved: boolean;
  readonly note: string;
  readonly by: Person;
}

export interface RunService {
  /** Starts a run of a frozen version; it may have to wait in line. Rejects `flow_busy`, `flow_invalid`, `flow_cyclic`, `step_type_unknown`, `run_input_missing` with where. */
  start(what: {
    workspaceId: string;
    flowId: string | null;
    version: FlowVersion;
    file: FlowFile;
    inputs: Record<string, unknown>;
    startedBy: string | null;
    options?: RunOptions;
    /** What started it, where that was not a person, and what its trigger steps give: those that are not named are skipped. */
    trigger?: RunTrigger;
    given?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    /** Durable in the same commit as the run. */
    alongside?: readonly Change[];
  }): Promise<RunSummary>;
  list(workspaceId: string, page: PageRequest & { state?: RunState; flowId?: string }): Promise<Page<RunSummary>>;
  lastOf(flowIds: readonly string[]): Promise<Map<string, RunSummary>>;
  detail(runId: string): Promise<RunDetail>;
  steps(runId: string, page: PageRequest & StepFilter): Promise<Page<StepInstance>>;
  step(runId: string, stepId: string, path: string): Promise<StepDetail>;
  /** One output as JSON text, of the run or of a step instance. Rejects `not_found`. */
  value(runId: string, which: { port: string; stepId?: string; path?: string }): Promise<AsyncIterable<Uint8Array>>;
  cancel(runId: string): Promise<RunSummary>;
  /** F8: resolves when the decision is durable, with false where the step does not wait for it any more. */
  decide(decision: ApprovalDecision): Promise<boolean>;
  /** The run with its outputs when it has ended; null where it has not within so many milliseconds. */
  ended(runId: string, ms: number): Promise<{ run: RunSummary; outputs: Record<string, unknown> } | null>;
  /**
   * A run below another, which an agent calls as a tool: started once under its id, and waited for. Rejects what keeps it from
   * starting (`not_found`, `flow_cyclic`, `flow_busy` …), and the reason of the signal; the run
   * then goes on. Null where it was not seen to end: this start of the host ends first.
   */
  below(
    child: { id: string; flowId: string; inputs: Readonly<Record<string, unknown>>; parent: RunParent },
    signal: AbortSignal,
  ): Promise<{
    ending: { by: 'run'; outputs: Readonly<Record<string, unknown>> } | { by: 'failure'; error: StepError };
    earlier: boolean;
  } | null>;
  /**
   * F7: a failed or cancelled run goes on from where it stopped, as the same run; with `failedItemsOf`, those items of a Map
   * that failed are done again, and what comes after it. Rejects `run_going_on`, `run_succeeded`.
   */
  resume(runId: string, what?: { failedItemsOf?: string }): Promise<RunSummary>;
  /** F2: goes on with every run that was going on. */
  resumeAll(): Promise<void>;
  stop(): Promise<void>;
}

/** Content under its SHA-256 in the data folder. */
export interface BlobStore {
  /** Streams to a temporary file, syncs, renames; deduplicated. Rejects `disk_full`, `body_too_large`, `blob_mismatch`. */
  put(
    content: AsyncIterable<Uint8Array>,
    options: { maxBytes: number; expected?: string },
  ): Promise<{ sha256: string; size: number }>;
  /** Null where there is none. The range is inclusive. */
  open(
    sha256: string,
    range?: { start: number; end: number },
  ): Promise<{ size: number; stream: NodeJS.ReadableStream } | null>;
  size(sha256: string): Promise<number | null>;
  remove(sha256: string): Promise<void>;
}

export interface FileService {
  add(workspaceId: string, name: string, content: AsyncIterable<Uint8Array>): Promise<FileValue>;
  get(fileId: string): Promise<(FileValue & { workspaceId: string; createdAt: number }) | null>;
  list(workspaceId: string, page: PageRequest): Promise<Page<FileValue & { workspaceId: string; createdAt: number }>>;
}

/** Opens blobs to nodes, one ticket per attempt, only for the blobs that its input names and for results it delivers. */
export interface AttemptTickets {
  issue(attempt: { jobId: string; fence: string; blobs: readonly string[] }): string;
  revoke(ticket: string): void;
  /** `delivered` takes the hashes of the results that came with it. */
  check(ticket: string): { jobId: string; fence: string; blobs: readonly string[]; delivered: Set<string> } | null;
}
