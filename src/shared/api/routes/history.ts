/** What is kept and for how long, who did what, and copies of it all. */
import { Type } from 'typebox';
import { AuditEntry } from '../../model/audit.ts';
import { Backup } from '../../model/backup.ts';
import { HistoryDays, Retention } from '../../model/history.ts';
import { Id, Timestamp } from '../../model/values.ts';
import { Page, PageQuery, route, WithId } from '../route.ts';

const AuditFilter = {
  action: Type.Optional(
    Type.String({ maxLength: 60, description: 'One action, or a group: "member" or "run.started"' }),
  ),
  userId: Type.Optional(Id),
  since: Type.Optional(Timestamp),
  until: Type.Optional(Timestamp),
};

export const historyRoutes = {
  getRetention: route('getRetention', {
    method: 'GET',
    path: '/workspaces/:id/retention',
    access: 'viewer',
    resource: 'workspace',
    summary: 'How long finished runs and jobs are kept, and what the history holds now',
    params: WithId,
    response: Retention,
  }),
  setRetention: route('setRetention', {
    method: 'PUT',
    path: '/workspaces/:id/retention',
    access: 'admin',
    resource: 'workspace',
    summary: 'Keep finished runs and jobs for so many days; null keeps them for ever',
    params: WithId,
    body: Type.Object({ historyDays: HistoryDays }),
    response: Retention,
  }),
  listAudit: route('listAudit', {
    method: 'GET',
    path: '/workspaces/:id/audit',
    access: 'admin',
    resource: 'workspace',
    summary: 'Who did what in the workspace, the latest first',
    params: WithId,
    query: Type.Object({ ...PageQuery, ...AuditFilter }),
    response: Page(AuditEntry),
  }),
  exportAudit: route('exportAudit', {
    method: 'GET',
    path: '/workspaces/:id/audit/export',
    access: 'admin',
    resource: 'workspace',
    summary: 'The audit log as a download: one JSON object a line, or CSV; the oldest first',
    params: WithId,
    query: Type.Object({
      ...AuditFilter,
      format: Type.Optional(Type.Union([Type.Literal('jsonl'), Type.Literal('csv')])),
    }),
    raw: true,
  }),
  listHostAudit: route('listHostAudit', {
    method: 'GET',
    path: '/host/audit',
    access: 'hostAdmin',
    summary: 'Acts upon the host itself: workspaces made and deleted, backups; or those of a workspace that is gone',
    query: Type.Object({ ...PageQuery, ...AuditFilter, workspaceId: Type.Optional(Id) }),
    response: Page(AuditEntry),
  }),
  listBackups: route('listBackups', {
    method: 'GET',
    path: '/host/backups',
    access: 'hostAdmin',
    summary: 'The backups in the data folder, the latest first',
    response: Type.Object({ items: Type.Array(Backup) }),
  }),
  createBackup: route('createBackup', {
    method: 'POST',
    path: '/host/backup',
    access: 'hostAdmin',
    summary: 'Copy database and blobs into the data folder, while everything goes on',
    response: Backup,
    status: 201,
  }),
} as const;
