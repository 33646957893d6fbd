import type { Migration } from './migrations.ts';

/**
 * Rowid tables with text keys; ids rise with time, so that new rows land at the right edge of every index.
 * The partial indexes carry only what their one query asks for: jobs that are open, jobs of runs, idempotency keys.
 */
export const first: Migration = {
  version: 1,
  name: 'first',
  sql: `
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT NOT NULL, hostAdmin INTEGER NOT NULL, createdAt INTEGER NOT NULL);
CREATE TABLE credentials (id TEXT PRIMARY KEY, kind TEXT NOT NULL, userId TEXT NOT NULL, hash TEXT NOT NULL,
  name TEXT NOT NULL, createdAt INTEGER NOT NULL, lastUsedAt INTEGER, expiresAt INTEGER);
CREATE INDEX credentials_by_hash ON credentials (hash);
CREATE INDEX credentials_by_user ON credentials (userId, kind);

CREATE TABLE workspaces (id TEXT PRIMARY KEY, name TEXT NOT NULL, createdAt INTEGER NOT NULL, archived INTEGER NOT NULL,
  shareKey TEXT NOT NULL, shareKeyEnabled INTEGER NOT NULL, approveNodes INTEGER NOT NULL, runNumber INTEGER NOT NULL);
CREATE INDEX workspaces_by_share_key ON workspaces (shareKey);
CREATE TABLE members (workspaceId TEXT NOT NULL, userId TEXT NOT NULL, role TEXT NOT NULL, joinedAt INTEGER NOT NULL,
  PRIMARY KEY (workspaceId, userId));
CREATE INDEX members_by_user ON members (userId);

CREATE TABLE nodes (id TEXT PRIMARY KEY, name TEXT NOT NULL, shareKey TEXT NOT NULL, publicKey TEXT, ownerId TEXT,
  colour INTEGER NOT NULL, mark INTEGER NOT NULL, embedded INTEGER NOT NULL, capabilities TEXT NOT NULL,
  resourceLimits TEXT NOT NULL, remoteControlEnabled INTEGER NOT NULL, executors TEXT NOT NULL, version TEXT,
  tags TEXT NOT NULL, sessionEpoch INTEGER NOT NULL, lastSeenAt INTEGER, createdAt INTEGER NOT NULL,
  done INTEGER NOT NULL, nodeFaults INTEGER NOT NULL);
CREATE INDEX nodes_by_share_key ON nodes (shareKey);
CREATE TABLE node_workspaces (nodeId TEXT NOT NULL, workspaceId TEXT NOT NULL, state TEXT NOT NULL,
  since INTEGER NOT NULL, PRIMARY KEY (nodeId, workspaceId));
CREATE INDEX node_workspaces_by_workspace ON node_workspaces (workspaceId);

CREATE TABLE jobs (id TEXT PRIMARY KEY, workspaceId TEXT NOT NULL, kind TEXT NOT NULL, label TEXT NOT NULL,
  state TEXT NOT NULL, input TEXT, requires TEXT NOT NULL, priority INTEGER NOT NULL, retry TEXT NOT NULL,
  runSeconds INTEGER NOT NULL, submittedBy TEXT, idempotencyKey TEXT, origin TEXT, runId TEXT, attempts TEXT NOT NULL,
  nodeId TEXT, fence TEXT, result TEXT, error TEXT, createdAt INTEGER NOT NULL, startedAt INTEGER, finishedAt INTEGER,
  notBefore INTEGER);
CREATE INDEX jobs_by_workspace ON jobs (workspaceId, id);
CREATE INDEX jobs_open ON jobs (state) WHERE state IN ('assigned','queued','running');
CREATE INDEX jobs_by_run ON jobs (runId, id) WHERE runId IS NOT NULL;
CREATE INDEX jobs_by_idempotency_key ON jobs (workspaceId, idempotencyKey) WHERE idempotencyKey IS NOT NULL;
CREATE TABLE job_outputs (jobId TEXT NOT NULL, attempt INTEGER NOT NULL, chunks TEXT NOT NULL, cut INTEGER NOT NULL,
  PRIMARY KEY (jobId, attempt));

CREATE TABLE flows (id TEXT PRIMARY KEY, workspaceId TEXT NOT NULL, name TEXT NOT NULL, steps INTEGER NOT NULL,
  picture TEXT NOT NULL, sample TEXT, createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL, deletedAt INTEGER);
CREATE INDEX flows_by_workspace ON flows (workspaceId, id);
CREATE TABLE flow_updates (flowId TEXT NOT NULL, seq INTEGER NOT NULL, "update" TEXT NOT NULL, PRIMARY KEY (flowId, seq));
CREATE TABLE flow_versions (id TEXT PRIMARY KEY, workspaceId TEXT NOT NULL, flowId TEXT, number INTEGER NOT NULL,
  name TEXT, hash TEXT NOT NULL, file TEXT NOT NULL, authorName TEXT, createdAt INTEGER NOT NULL);
CREATE INDEX flow_versions_by_flow ON flow_versions (flowId, number);
CREATE INDEX flow_versions_by_hash ON flow_versions (workspaceId, hash);

CREATE TABLE runs (id TEXT PRIMARY KEY, workspaceId TEXT NOT NULL, flowId TEXT, flowName TEXT NOT NULL,
  versionId TEXT NOT NULL, number INTEGER NOT NULL, state TEXT NOT NULL, startedBy TEXT, inputs TEXT,
  outputs TEXT, error TEXT, progress TEXT NOT NULL, weave TEXT NOT NULL, workers TEXT NOT NULL, createdAt INTEGER NOT NULL,
  finishedAt INTEGER);
CREATE INDEX runs_by_workspace ON runs (workspaceId, id);
CREATE INDEX runs_by_flow ON runs (flowId, id);
CREATE INDEX runs_going_on ON runs (state) WHERE state = 'running';
CREATE TABLE steps (runId TEXT NOT NULL, stepId TEXT NOT NULL, path TEXT NOT NULL, under TEXT NOT NULL,
  state TEXT NOT NULL, outputs TEXT, error TEXT, jobId TEXT, nodeId TEXT, items TEXT,
  summary TEXT, attempts INTEGER NOT NULL, readyAt INTEGER, startedAt INTEGER, finishedAt INTEGER, seq INTEGER NOT NULL,
  PRIMARY KEY (runId, stepId, path));
CREATE INDEX steps_by_run ON steps (runId, seq);

CREATE TABLE files (id TEXT PRIMARY KEY, workspaceId TEXT NOT NULL, name TEXT NOT NULL, mime TEXT NOT NULL,
  size INTEGER NOT NULL, sha256 TEXT NOT NULL, createdAt INTEGER NOT NULL);
CREATE INDEX files_by_workspace ON files (workspaceId, id);
CREATE INDEX files_by_content ON files (sha256);
CREATE TABLE idempotency (scope TEXT NOT NULL, key TEXT NOT NULL, hash TEXT NOT NULL, status INTEGER NOT NULL,
  body TEXT, createdAt INTEGER NOT NULL, PRIMARY KEY (scope, key));
CREATE INDEX idempotency_by_age ON idempotency (createdAt);
`,
};
