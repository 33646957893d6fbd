import type { Migration } from './migrations.ts';

/** What jobs, scheduling, flows, triggers, keys and history need beyond the first schema. */
export const engine: Migration = {
  version: 2,
  name: 'engine',
  sql: `
-- Runs that one asks for by the time they ended: the cleaner.
CREATE INDEX runs_by_end ON runs (workspaceId, finishedAt) WHERE finishedAt IS NOT NULL;
-- Provider keys and secrets, sealed; only REST and the host's own executors read them (S5).
CREATE TABLE provider_keys (id TEXT PRIMARY KEY, workspaceId TEXT NOT NULL, name TEXT NOT NULL, provider TEXT NOT NULL,
  baseUrl TEXT NOT NULL, sealed TEXT NOT NULL, last4 TEXT NOT NULL, models TEXT NOT NULL, modelsAt INTEGER,
  enabled INTEGER NOT NULL, createdBy TEXT, createdAt INTEGER NOT NULL, lastUsedAt INTEGER, lastUsedBy TEXT, lastError TEXT);
CREATE INDEX provider_keys_by_workspace ON provider_keys (workspaceId, id);
CREATE TABLE secrets (workspaceId TEXT NOT NULL, name TEXT NOT NULL, sealed TEXT NOT NULL, createdAt INTEGER NOT NULL,
  updatedAt INTEGER NOT NULL, updatedBy TEXT, lastUsedAt INTEGER, PRIMARY KEY (workspaceId, name));
-- One row per answer of a model, asked for by workspace and time.
CREATE TABLE usage_events (id TEXT PRIMARY KEY, workspaceId TEXT NOT NULL, at INTEGER NOT NULL, member TEXT, flowId TEXT,
  runId TEXT, stepId TEXT, nodeId TEXT, keyId TEXT, model TEXT NOT NULL, task TEXT NOT NULL, inputTokens INTEGER NOT NULL,
  outputTokens INTEGER NOT NULL, estimated INTEGER NOT NULL, ms INTEGER NOT NULL, cost REAL, currency TEXT);
CREATE INDEX usage_events_by_time ON usage_events (workspaceId, at);
CREATE INDEX usage_events_by_run ON usage_events (runId) WHERE runId IS NOT NULL;
-- The price table of a workspace, the private addresses that its HTTP steps may reach.
CREATE TABLE workspace_settings (workspaceId TEXT NOT NULL, name TEXT NOT NULL, value TEXT, PRIMARY KEY (workspaceId, name));
-- What a run was started from, and from where it was taken up again (F7).
ALTER TABLE runs ADD COLUMN basis TEXT;
ALTER TABLE runs ADD COLUMN resumedAt INTEGER;
ALTER TABLE runs ADD COLUMN resumedSeq INTEGER;
-- Steps out of the ordinary: pinned, taken over, tried again (F5, F7).
ALTER TABLE steps ADD COLUMN marks TEXT;
-- Finished results by signature (F6); they go with their run.
ALTER TABLE steps ADD COLUMN cacheKey TEXT;
CREATE INDEX steps_by_cache_key ON steps (cacheKey) WHERE cacheKey IS NOT NULL;
-- Versions made after a pause in editing: the oldest of them go.
ALTER TABLE flow_versions ADD COLUMN automatic INTEGER;
-- What nodes have earned by kind of job, with the evidence.
CREATE TABLE node_reputation (nodeId TEXT NOT NULL, kind TEXT NOT NULL, successes REAL NOT NULL, faults REAL NOT NULL,
  at INTEGER NOT NULL, streak INTEGER NOT NULL, agreed INTEGER NOT NULL, recent TEXT NOT NULL, PRIMARY KEY (nodeId, kind));
-- The share of deterministic jobs that a second node runs again.
ALTER TABLE workspaces ADD COLUMN verifyShare REAL NOT NULL DEFAULT 0;
-- What started a run, and the run above it; runs in line, because their flow allows only so many at once.
ALTER TABLE runs ADD COLUMN "trigger" TEXT;
ALTER TABLE runs ADD COLUMN parent TEXT;
CREATE INDEX runs_in_line ON runs (state) WHERE state = 'waiting';
-- Steps that wait (F8), while they wait; what people are and were asked.
CREATE TABLE holds (runId TEXT NOT NULL, stepId TEXT NOT NULL, path TEXT NOT NULL, kind TEXT NOT NULL, due INTEGER,
  what TEXT NOT NULL, PRIMARY KEY (runId, stepId, path));
CREATE TABLE approvals (id TEXT PRIMARY KEY, workspaceId TEXT NOT NULL, runId TEXT NOT NULL, runNumber INTEGER NOT NULL,
  flowId TEXT, flowName TEXT NOT NULL, stepId TEXT NOT NULL, stepName TEXT NOT NULL, path TEXT NOT NULL,
  question TEXT NOT NULL, shown TEXT, shownCut INTEGER NOT NULL, deciders TEXT NOT NULL, requestedAt INTEGER NOT NULL,
  deadline INTEGER NOT NULL, fallback TEXT NOT NULL, state TEXT NOT NULL, decidedBy TEXT, decidedById TEXT,
  decidedAt INTEGER, note TEXT);
CREATE INDEX approvals_by_workspace ON approvals (workspaceId, id);
CREATE INDEX approvals_pending ON approvals (workspaceId, id) WHERE state = 'pending';
CREATE INDEX approvals_by_run ON approvals (runId);
-- Whether the triggers of a flow are on, and of which version; each of its trigger steps.
CREATE TABLE flow_triggers (flowId TEXT PRIMARY KEY, workspaceId TEXT NOT NULL, enabled INTEGER NOT NULL, versionId TEXT,
  versionNumber INTEGER, changedBy TEXT, changedAt INTEGER NOT NULL, problem TEXT);
CREATE TABLE trigger_steps (flowId TEXT NOT NULL, stepId TEXT NOT NULL, kind TEXT NOT NULL, live INTEGER NOT NULL,
  since INTEGER NOT NULL, lastAt INTEGER, generation INTEGER NOT NULL, hash TEXT, PRIMARY KEY (flowId, stepId));
CREATE INDEX trigger_steps_by_hash ON trigger_steps (hash) WHERE hash IS NOT NULL;
-- Which rows refer to which blobs: a blob that no living row names is swept away.
CREATE TABLE blob_names (sha256 TEXT NOT NULL, holder TEXT NOT NULL, PRIMARY KEY (sha256, holder)) WITHOUT ROWID;
-- Who did what (S13); append-only, which the database itself sees to.
CREATE TABLE audit (id TEXT PRIMARY KEY, at INTEGER NOT NULL, workspaceId TEXT, actor TEXT NOT NULL, userId TEXT,
  address TEXT, action TEXT NOT NULL, target TEXT, details TEXT NOT NULL);
CREATE INDEX audit_by_workspace ON audit (workspaceId, id);
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_never_shrinks BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- Lists of what did not succeed, in a history of which nearly everything did.
CREATE INDEX jobs_failed ON jobs (workspaceId, id) WHERE state = 'failed';
CREATE INDEX jobs_cancelled ON jobs (workspaceId, id) WHERE state = 'cancelled';
CREATE INDEX jobs_dead ON jobs (workspaceId, id) WHERE state = 'dead';
CREATE INDEX runs_failed ON runs (workspaceId, id) WHERE state = 'failed';
CREATE INDEX runs_cancelled ON runs (workspaceId, id) WHERE state = 'cancelled';
-- What few jobs ask for or went through (J4, J5), and what neither columns nor attempts of a job tell (J9).
ALTER TABLE jobs ADD COLUMN queueSeconds INTEGER;
ALTER TABLE jobs ADD COLUMN silenceSeconds INTEGER;
ALTER TABLE jobs ADD COLUMN requeued TEXT;
CREATE TABLE job_events (jobId TEXT NOT NULL, at INTEGER NOT NULL, what TEXT NOT NULL, nodeId TEXT, "by" TEXT, detail TEXT,
  PRIMARY KEY (jobId, at, what)) WITHOUT ROWID;
-- Invites of people, and links by which a member brings a machine; only hashes of their codes.
CREATE TABLE invites (id TEXT PRIMARY KEY, kind TEXT NOT NULL, workspaceId TEXT NOT NULL, hash TEXT NOT NULL, role TEXT NOT NULL,
  approval INTEGER NOT NULL, state TEXT NOT NULL, createdBy TEXT NOT NULL, createdAt INTEGER NOT NULL, expiresAt INTEGER NOT NULL,
  userId TEXT, usedAt INTEGER);
CREATE UNIQUE INDEX invites_by_hash ON invites (hash);
CREATE INDEX invites_by_workspace ON invites (workspaceId, id);
`,
};
