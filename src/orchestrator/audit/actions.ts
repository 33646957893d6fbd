/**
 * The one place that names what the audit log tells (S13): for each route that changes something, the act, the table whose
 * change is the act (its commit carries the entry), and the few fields worth keeping. A field that is not named here does
 * not get into the log, so no secret does.
 */
import type { Table } from '../store/store.ts';
import {
  approvals,
  credentials,
  flows,
  flowTriggers,
  flowUpdates,
  flowVersions,
  invites,
  jobs,
  members,
  nodeWorkspaces,
  providerKeys,
  runs,
  secrets,
  settings,
  workspaceSettings,
  workspaces,
} from '../store/tables.ts';

export interface Action {
  readonly action: string;
  /** The commit that changes this table is the act; null where it is written elsewhere: then the entry follows it. */
  readonly table: Table<object> | null;
  /** What is acted upon: a column of the row, or a parameter of the path. */
  readonly target: { readonly column: string } | { readonly param: string } | null;
  /** Fields of the body, and of the row that is written, that are kept. */
  readonly body: readonly string[];
  readonly row: readonly string[];
  /** In whose log: the workspace's, the host's, or that of every workspace in which the person is. */
  readonly log: 'workspace' | 'host' | 'memberships';
}

function act<Row extends object>(
  action: string,
  table: Table<Row> | null,
  more: {
    column?: keyof Row & string;
    param?: string;
    body?: readonly string[];
    row?: readonly (keyof Row & string)[];
    log?: Action['log'];
  } = {},
): Action {
  const { column, param, body = [], row = [], log = 'workspace' } = more;
  const target = column !== undefined ? { column } : param !== undefined ? { param } : null;
  return { action, table: table as unknown as Table<object> | null, target, body, row, log };
}

export const actions = {
  createToken: act('token.created', credentials, { column: 'id', body: ['name'], log: 'memberships' }),
  deleteToken: act('token.revoked', credentials, { param: 'id', log: 'memberships' }),
  createSignInLink: act('signInLink.created', credentials, { log: 'host' }),

  createWorkspace: act('workspace.created', workspaces, { column: 'id', body: ['name'], log: 'host' }),
  updateWorkspace: act('workspace.changed', workspaces, {
    param: 'id',
    body: ['name', 'archived', 'shareKeyEnabled', 'approveNodes', 'verifyShare'],
  }),
  deleteWorkspace: act('workspace.deleted', workspaces, { param: 'id', log: 'host' }),
  rotateShareKey: act('workspace.shareKeyRotated', workspaces, { param: 'id' }),
  changeNodeModels: act('node.modelsChanged', jobs, { param: 'id', body: ['action', 'model'] }),
  setRetention: act('retention.changed', workspaceSettings, { param: 'id', body: ['historyDays'] }),

  addMember: act('member.added', members, { column: 'userId', body: ['name', 'role'] }),
  changeMember: act('member.roleChanged', members, { param: 'userId', body: ['role'] }),
  removeMember: act('member.removed', members, { param: 'userId' }),

  createInvite: act('invite.created', invites, { column: 'id', body: ['role', 'expiresHours', 'approval'] }),
  revokeInvite: act('invite.revoked', invites, { param: 'inviteId' }),
  approveInvite: act('invite.approved', members, { param: 'inviteId' }),
  createMachineLink: act('machineLink.created', invites, { column: 'id' }),
  putHosting: act('host.hostingChanged', settings, { body: ['enabled', 'address', 'port', 'names'], log: 'host' }),

  addNodeByKey: act('node.added', nodeWorkspaces, { column: 'nodeId' }),
  approveNode: act('node.approved', nodeWorkspaces, { param: 'nodeId' }),
  removeNode: act('node.removed', nodeWorkspaces, { param: 'nodeId' }),
  setNodeLimits: act('node.limitsChanged', null, {
    param: 'id',
    body: ['cpuCores', 'ramPercent', 'storageGb', 'gpus'],
  }),

  changeThisNode: act('thisNode.changed', null, { body: ['limits', 'remoteControl', 'rules'], log: 'host' }),
  pauseThisNode: act('thisNode.paused', null, { log: 'host' }),
  resumeThisNode: act('thisNode.resumed', null, { log: 'host' }),
  drainThisNode: act('thisNode.drained', null, { log: 'host' }),
  rotateThisNodeKey: act('thisNode.keyRotated', null, { log: 'host' }),
  moveThisNodeFiles: act('thisNode.filesMoved', null, { log: 'host' }),
  cancelThisNodeMove: act('thisNode.moveCancelled', null, { log: 'host' }),
  leaveWorkspace: act('thisNode.leftWorkspace', null, { body: ['workspaceId'], log: 'host' }),

  controlNode: act('node.controlled', null, { param: 'id', body: ['action'] }),

  createFlow: act('flow.created', flows, { column: 'id', row: ['name'] }),
  updateFlow: act('flow.changed', flows, { param: 'id', body: ['name', 'maxRuns', 'whenBusy'] }),
  replaceFlowFile: act('flow.replaced', flowUpdates, { param: 'id', body: ['name'] }),
  deleteFlow: act('flow.deleted', flows, { param: 'id' }),
  restoreFlow: act('flow.restored', flows, { param: 'id' }),

  createVersion: act('flow.versionNamed', null, { param: 'id', body: ['name'] }),
  nameVersion: act('flow.versionNamed', flowVersions, { param: 'versionId', body: ['name'] }),
  restoreVersion: act('flow.versionRestored', flowUpdates, { param: 'versionId' }),
  setTriggers: act('flow.triggersChanged', flowTriggers, { param: 'id', body: ['enabled', 'newAddress'] }),

  startRun: act('run.started', runs, { column: 'id', row: ['flowId', 'flowName', 'number'] }),
  startRunOfFile: act('run.started', runs, { column: 'id', row: ['flowName', 'number'] }),
  resumeRun: act('run.resumed', null, { param: 'id', body: ['failedItemsOf'] }),
  cancelRun: act('run.cancelled', null, { param: 'id' }),
  decideApproval: act('approval.decided', approvals, { param: 'id', body: ['decision', 'approve', 'note'] }),
  cancelJob: act('job.cancelled', null, { param: 'id' }),
  cancelJobs: act('job.manyCancelled', null, { body: ['runId', 'states', 'kind', 'submittedBy'], row: ['cancelled'] }),
  requeueJob: act('job.requeued', jobs, { param: 'id' }),
  requeueJobs: act('job.manyRequeued', jobs, { body: ['state', 'kind'] }),

  createApiKey: act('apiKey.created', providerKeys, { column: 'id', body: ['name', 'provider'] }),
  updateApiKey: act('apiKey.changed', providerKeys, { param: 'id', body: ['name', 'enabled'] }),
  deleteApiKey: act('apiKey.deleted', providerKeys, { param: 'id' }),
  putSecret: act('secret.set', secrets, { param: 'name' }),
  deleteSecret: act('secret.deleted', secrets, { param: 'name' }),
  deleteCollection: act('collection.deleted', null, { param: 'name' }),
  putHttpAccess: act('httpAccess.changed', workspaceSettings, { param: 'id', body: ['allow'] }),
  putPrices: act('prices.changed', workspaceSettings, { param: 'id' }),

  createBackup: act('backup.created', null, { log: 'host' }),
} as const satisfies Record<string, Action>;

/** Routes that change something, and are not told; each with the reason. */
export const untold: Readonly<Record<string, string>> = {
  signIn: 'a session of their own; the link that it spends is told where it is made',
  signOut: 'their own session',
  endSession: 'their own session',
  lookAtInvite: 'changes nothing',
  acceptInvite: 'told as invite.accepted where the invite is taken up',
  createTicket: 'opens what they may open anyway, for 30 seconds',
  explainNeed: 'changes nothing',
  submitJobs: 'every job says itself who submitted it and when',
  uploadFile: 'a file is listed with its time, and gives nobody a right',
  testApiKey: 'asks a provider, and keeps nothing',
  refreshApiKey: 'asks a provider for its models',
  postHook: 'what a webhook starts is told as a run',
  putHook: 'what a webhook starts is told as a run',
  putBlob: 'a node that delivers a result',
};

/** What the host does by itself, or for somebody who is not signed in yet, in the name of something that people have set up. */
export const hostActions = {
  runStarted: act('run.started', runs, { column: 'id', row: ['flowId', 'flowName', 'number'] }),
  inviteAccepted: act('invite.accepted', invites, { param: 'inviteId', body: ['state'] }),
  backupCreated: act('backup.created', null, { log: 'host' }),
} as const;

/** The names of acts that a filter means: one of them, or all of a group (`member`). */
export function actionsNamed(filter: string): string[] {
  const all = new Set([...Object.values(actions), ...Object.values(hostActions)].map(({ action }) => action));
  return [...all].filter((name) => name === filter || name.startsWith(`${filter}.`));
}
