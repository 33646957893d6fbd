/** S1: every route and every socket × everybody, against a table written by hand. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { routeUrl } from '../../src/shared/api/client.ts';
import type { RouteContract } from '../../src/shared/api/route.ts';
import { type RouteName, routes } from '../../src/shared/api/routes.ts';
import type { FlowFile } from '../../src/shared/model/flow.ts';
import { addPerson, inlineFlow, startTestHost, type TestHost, type TestPerson } from './support.ts';
import { connectNode, type TestNode } from './test-node.ts';

/**
 * Who asks, in this order. `outsider` is in no workspace at all; `elsewhere` owns another workspace; `hostAdmin` is the local
 * owner of the host, who is no member of the workspace asked about.
 */
const people = ['nobody', 'outsider', 'elsewhere', 'viewer', 'member', 'admin', 'owner', 'hostAdmin'] as const;
type Who = (typeof people)[number];

/** What they are told: `n` not signed in (401), `x` nothing is there (404), `f` not with this role (403), `y` they may. */
const table: Record<RouteName, string> = {
  signIn: 'yyyyyyyy',
  signOut: 'nyyyyyyy',
  listSessions: 'nyyyyyyy',
  endSession: 'nyyyyyyy',
  me: 'nyyyyyyy',
  listTokens: 'nyyyyyyy',
  createToken: 'nyyyyyyy',
  deleteToken: 'nyyyyyyy',
  createSignInLink: 'nffffffy',
  createTicket: 'nyyyyyyy',

  listWorkspaces: 'nyyyyyyy',
  createWorkspace: 'nyyyyyyy',
  getWorkspace: 'nxxyyyyx',
  updateWorkspace: 'nxxffyyx',
  deleteWorkspace: 'nxxfffyx',
  rotateShareKey: 'nxxffyyx',
  listMembers: 'nxxyyyyx',
  addMember: 'nxxffyyx',
  changeMember: 'nxxffyyx',
  removeMember: 'nxxffyyx',

  getHosting: 'nffffffy',
  putHosting: 'nffffffy',
  listInvites: 'nxxffyyx',
  createInvite: 'nxxffyyx',
  revokeInvite: 'nxxffyyx',
  approveInvite: 'nxxffyyx',
  createMachineLink: 'nxxfyyyx',
  // Whoever they are: the code is what lets in, and this one does not work.
  lookAtInvite: 'yyyyyyyy',
  acceptInvite: 'yyyyyyyy',

  listWorkspaceNodes: 'nxxyyyyx',
  addNodeByKey: 'nxxffyyx',
  approveNode: 'nxxffyyx',
  removeNode: 'nxxffyyx',
  listNodes: 'nffffffy',
  listMyNodes: 'nyyyyyyy',
  setNodeLimits: 'nxxffyyx',
  changeNodeModels: 'nxxffyyx',
  controlNode: 'nxxffyyx',
  getNodeRecord: 'nxxyyyyx',
  getThisNode: 'nffffffy',
  changeThisNode: 'nffffffy',
  pauseThisNode: 'nffffffy',
  resumeThisNode: 'nffffffy',
  drainThisNode: 'nffffffy',
  rotateThisNodeKey: 'nffffffy',
  moveThisNodeFiles: 'nffffffy',
  cancelThisNodeMove: 'nffffffy',
  leaveWorkspace: 'nffffffy',

  listFlows: 'nxxyyyyx',
  createFlow: 'nxxfyyyx',
  getFlow: 'nxxyyyyx',
  updateFlow: 'nxxfyyyx',
  replaceFlowFile: 'nxxfyyyx',
  deleteFlow: 'nxxfyyyx',
  restoreFlow: 'nxxfyyyx',
  listVersions: 'nxxyyyyx',
  getVersionFile: 'nxxyyyyx',
  createVersion: 'nxxfyyyx',
  nameVersion: 'nxxfyyyx',
  restoreVersion: 'nxxfyyyx',
  listSamples: 'nyyyyyyy',

  startRun: 'nxxfyyyx',
  startRunOfFile: 'nxxfyyyx',
  listRuns: 'nxxyyyyx',
  getRun: 'nxxyyyyx',
  listRunSteps: 'nxxyyyyx',
  getRunStep: 'nxxyyyyx',
  getRunValue: 'nxxyyyyx',
  cancelRun: 'nxxfyyyx',
  resumeRun: 'nxxfyyyx',

  listApprovals: 'nxxyyyyx',
  countApprovals: 'nxxyyyyx',
  getApproval: 'nxxyyyyx',
  decideApproval: 'nxxfyyyx',
  listTriggers: 'nxxyyyyx',
  getTriggers: 'nxxyyyyx',
  setTriggers: 'nxxfyyyx',
  // Whoever they are: a wrong address is a wrong address.
  postHook: 'xxxxxxxx',
  getHook: 'xxxxxxxx',
  putHook: 'xxxxxxxx',

  submitJobs: 'nxxfyyyx',
  listJobs: 'nxxyyyyx',
  getJob: 'nxxyyyyx',
  getJobOutput: 'nxxyyyyx',
  explainJob: 'nxxyyyyx',
  getJobHistory: 'nxxyyyyx',
  explainNeed: 'nxxyyyyx',
  cancelJob: 'nxxfyyyx',
  cancelJobs: 'nxxfyyyx',
  requeueJob: 'nxxfyyyx',
  requeueJobs: 'nxxfyyyx',

  uploadFile: 'nxxfyyyx',
  listFiles: 'nxxyyyyx',
  downloadFile: 'nxxyyyyx',

  getRetention: 'nxxyyyyx',
  setRetention: 'nxxffyyx',
  listAudit: 'nxxffyyx',
  exportAudit: 'nxxffyyx',
  listHostAudit: 'nffffffy',
  listBackups: 'nffffffy',
  createBackup: 'nffffffy',
  listApiKeys: 'nxxyyyyx',
  createApiKey: 'nxxffyyx',
  testApiKey: 'nxxffyyx',
  updateApiKey: 'nxxffyyx',
  deleteApiKey: 'nxxffyyx',
  refreshApiKey: 'nxxffyyx',
  listSecrets: 'nxxyyyyx',
  putSecret: 'nxxffyyx',
  deleteSecret: 'nxxffyyx',
  listCollections: 'nxxyyyyx',
  deleteCollection: 'nxxfyyyx',
  listModels: 'nxxyyyyx',
  getHttpAccess: 'nxxyyyyx',
  putHttpAccess: 'nxxffyyx',
  getUsage: 'nxxyyyyx',
  exportUsage: 'nxxfyyyx',
  getPrices: 'nxxyyyyx',
  putPrices: 'nxxffyyx',

  // Whoever they are: these open with the ticket of an attempt, and with nothing else.
  getBlob: 'nnnnnnnn',
  putBlob: 'nnnnnnnn',
};

let host: TestHost;
let node: TestNode;
let workspaceId: string;
const tokens = new Map<Who, string>();
let owner: TestPerson;

beforeAll(async () => {
  host = await startTestHost();
  const first = (await host.owner.call('listWorkspaces', {})).items[0]?.id ?? '';
  // Whose only workspace was deleted: removed from it they would be signed out (S15).
  const passing = (await host.owner.call('createWorkspace', { body: { name: 'Passing' } })).id;
  const outsider = await addPerson(host, host.owner, passing, 'outsider', 'owner');
  await host.owner.call('deleteWorkspace', { params: { id: passing } });
  const elsewhere = await addPerson(host, host.owner, first, 'elsewhere', 'owner');
  owner = await addPerson(host, host.owner, first, 'owner', 'owner');
  workspaceId = (await owner.client.call('createWorkspace', { body: { name: 'Ours' } })).id;
  for (const role of ['viewer', 'member', 'admin'] as const) {
    tokens.set(role, (await addPerson(host, owner.client, workspaceId, role, role)).token);
  }
  await host.owner.call('removeMember', { params: { id: first, userId: owner.userId } });
  tokens.set('outsider', outsider.token).set('elsewhere', elsewhere.token).set('owner', owner.token);
  tokens.set('hostAdmin', host.adminToken);
  node = await connectNode(host, 'node-walked', 'AB3X7K9M');
});

afterAll(async () => {
  node.close();
  await host.stop();
  host.remove();
});

/** Things that the walk asks about, made anew for every call, so that what one may delete is there for the next. */
const resources: Partial<
  Record<RouteName | (RouteContract['resource'] & string), () => Promise<Record<string, string>>>
> = {
  workspace: async () => ({ id: workspaceId }),
  deleteWorkspace: async () => ({ id: await anotherWorkspace() }),
  changeMember: async () => ({ id: workspaceId, userId: await somebody() }),
  removeMember: async () => ({ id: workspaceId, userId: await somebody() }),
  revokeInvite: async () => ({ id: workspaceId, inviteId: await anInvite() }),
  approveInvite: async () => ({ id: workspaceId, inviteId: await anInvite() }),
  approveNode: async () => ({ id: workspaceId, nodeId: await aNode() }),
  removeNode: async () => ({ id: workspaceId, nodeId: await aNode() }),
  node: async () => ({ id: await aNode() }),
  flow: async () => ({ id: await aFlow() }),
  getVersionFile: () => aVersion(),
  nameVersion: () => aVersion(),
  restoreVersion: () => aVersion(),
  run: async () => ({ id: await aRun() }),
  getRunStep: async () => ({ id: await aRun(), stepId: 'a' }),
  getRunValue: async () => ({ id: await aFinishedRun() }),
  job: async () => ({ id: await aJob() }),
  approval: async () => ({ id: await anApproval() }),
  postHook: async () => ({ token: 'wrong' }),
  getHook: async () => ({ token: 'wrong' }),
  putHook: async () => ({ token: 'wrong' }),
  key: async () => ({ id: await aKey() }),
  putSecret: async () => ({ id: workspaceId, name: 'TOKEN' }),
  deleteSecret: async () => ({ id: workspaceId, name: 'TOKEN' }),
  deleteCollection: async () => ({ id: workspaceId, name: 'notes' }),
  file: async () => ({ id: (await owner.client.upload(workspaceId, 'a.txt', 'hello', 'text/plain')).fileId }),
};

const somebody = async () =>
  (await owner.client.call('addMember', { params: { id: workspaceId }, body: { name: 'x', role: 'viewer' } })).member
    .userId;
const anInvite = async () => {
  const body = { role: 'viewer', expiresHours: 1 } as const;
  return (await owner.client.call('createInvite', { params: { id: workspaceId }, body })).invite.id;
};
const aFlow = async () =>
  (await owner.client.call('createFlow', { params: { id: workspaceId }, body: { file: inlineFlow() } })).id;
const aVersion = async () => {
  const id = await aFlow();
  const { versionId } = await owner.client.call('startRun', { params: { id }, body: {} });
  return { id, versionId };
};
const aRun = async () =>
  (await owner.client.call('startRunOfFile', { params: { id: workspaceId }, body: { file: inlineFlow() } })).id;
const aFinishedRun = async () => {
  const id = await aRun();
  await expect
    .poll(async () => (await owner.client.call('getRun', { params: { id } })).run.state, { timeout: 20_000 })
    .toBe('succeeded');
  return id;
};
const asking = (): FlowFile => ({
  ...inlineFlow(),
  steps: [{ id: 'ask', type: 'approval', name: 'Ask', position: { x: 0, y: 0 }, config: {} }],
  edges: [],
});
const anApproval = async () => {
  const { id: runId } = await owner.client.call('startRunOfFile', {
    params: { id: workspaceId },
    body: { file: asking() },
  });
  for (;;) {
    const { items } = await owner.client.call('listApprovals', { params: { id: workspaceId } });
    const found = items.find((one) => one.runId === runId);
    if (found !== undefined) return found.id;
  }
};
const aJob = async () => {
  const jobs = [{ kind: 'ocr', input: {} }];
  return (await owner.client.call('submitJobs', { params: { id: workspaceId }, body: { jobs } })).jobIds[0] ?? '';
};
/** A port that nothing listens at. */
const nowhere = { provider: 'openai_compatible', baseUrl: 'http://127.0.0.1:9', secret: 'x' } as const;
const aKey = async () => {
  const body = { name: 'A key', ...nowhere, untested: true };
  const { id } = await owner.client.call('createApiKey', { params: { id: workspaceId }, body });
  keys.push(id);
  // A workspace holds so many and no more.
  if (keys.length > 20)
    await owner.client.call('deleteApiKey', { params: { id: keys.shift() ?? '' } }).catch(() => null);
  return id;
};
const keys: string[] = [];
const aNode = async () => {
  await owner.client.call('addNodeByKey', { params: { id: workspaceId }, body: { share_key: node.shareKey } });
  return node.nodeId;
};
/** One with the same people in the same roles. */
const anotherWorkspace = async () => {
  const { id } = await owner.client.call('createWorkspace', { body: { name: 'To go' } });
  return id;
};

const sha = '0'.repeat(64);
const bodies: Partial<Record<RouteName, unknown>> = {
  signIn: { code: 'no-such-code' },
  createToken: { name: 't' },
  putHosting: { enabled: false, address: '0.0.0.0', port: 0, names: [] },
  createInvite: { role: 'viewer', expiresHours: 1 },
  lookAtInvite: { code: 'A'.repeat(43) },
  acceptInvite: { code: 'A'.repeat(43) },
  createWorkspace: { name: 'w' },
  updateWorkspace: { name: 'Ours' },
  setRetention: { historyDays: 30 },
  addMember: { name: 'y', role: 'viewer' },
  changeMember: { role: 'viewer' },
  addNodeByKey: { share_key: 'AB3X7K9M' },
  setNodeLimits: { cpuCores: 1 },
  changeThisNode: { remoteControl: false },
  moveThisNodeFiles: { to: null },
  leaveWorkspace: { host: 'http://127.0.0.1:1', workspaceId: 'ws-none' },
  controlNode: { action: 'pause' },
  explainNeed: { kind: 'ocr' },
  cancelJobs: { kind: 'ocr' },
  requeueJobs: { kind: 'ocr' },
  changeNodeModels: { action: 'pull', model: 'tiny' },
  createFlow: {},
  updateFlow: { name: 'n' },
  replaceFlowFile: inlineFlow(),
  createVersion: { name: 'n' },
  nameVersion: { name: 'n' },
  startRun: {},
  resumeRun: {},
  decideApproval: { decision: 'approve' },
  setTriggers: { enabled: false },
  startRunOfFile: { file: inlineFlow() },
  submitJobs: { jobs: [{ kind: 'ocr', input: {} }] },
  createApiKey: { name: 'A key', ...nowhere, untested: true },
  testApiKey: nowhere,
  updateApiKey: { name: 'Another' },
  putSecret: { value: 'sesame' },
  putHttpAccess: { allow: [] },
  putPrices: { currency: 'USD', prices: [] },
};
const queries: Partial<Record<RouteName, Record<string, string>>> = {
  uploadFile: { name: 'a.txt' },
  getRunValue: { port: 'b' },
  getBlob: { ticket: 'none' },
  putBlob: { ticket: 'none' },
};

async function ask(name: RouteName, who: Who): Promise<string> {
  const contract: RouteContract = routes[name];
  const make = resources[name] ?? (contract.resource === null ? undefined : resources[contract.resource]);
  const params = (await make?.()) ?? { id: 'ses-none', sha256: sha };
  const token = tokens.get(who);
  const body = contract.raw && contract.method !== 'GET' ? 'content' : bodies[name];
  const response = await fetch(host.url + routeUrl(contract.path, params, queries[name]), {
    method: contract.method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': contract.raw ? 'text/plain' : 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const isJson = /^application\/(problem\+)?json\b/.test(response.headers.get('content-type') ?? '');
  const answer = isJson ? ((await response.json()) as { code?: string }) : {};
  return verdict(name, response.status, answer.code);
}

/** A route that ends with its own refusal (no such code, no such session) has let the caller in. */
const ownRefusals: Partial<Record<RouteName, string>> = {
  signIn: 'sign_in_link_spent',
  endSession: 'not_found',
  deleteToken: 'not_found',
  setNodeLimits: 'remote_control_off',
  controlNode: 'remote_control_off',
  requeueJob: 'job_not_failed',
  lookAtInvite: 'invite_spent',
  acceptInvite: 'invite_spent',

  changeNodeModels: 'model_changes_off',
};

function verdict(name: RouteName, status: number, code: string | undefined): string {
  if (code !== undefined && code === ownRefusals[name]) return 'y';
  const letter = { 401: 'n', 403: 'f', 404: 'x' }[status];
  if (letter !== undefined) return letter;
  // Guesses are bounded whoever makes them.
  return status < 300 || status === 409 || status === 429 ? 'y' : `${status}`;
}

describe('S1: routes × roles', () => {
  test('the table names every route', () => {
    expect(Object.keys(table).sort()).toEqual(Object.keys(routes).sort());
  });

  test.each(Object.keys(table) as RouteName[])('S1: %s', async (name) => {
    const told: string[] = [];
    // One after another, the least first: owners of a workspace that goes are asked about their own one.
    for (const who of people) told.push(await askAsMember(name, who));
    expect(told.join('')).toBe(table[name]);
  });
});

/** Before a workspace may be deleted everybody must hold their role in it. */
async function askAsMember(name: RouteName, who: Who): Promise<string> {
  if (name !== 'deleteWorkspace' || who === 'owner') return ask(name, who);
  const response = await fetch(`${host.url}/api/v1/workspaces/${workspaceId}`, {
    method: 'DELETE',
    headers: tokens.has(who) ? { authorization: `Bearer ${tokens.get(who)}` } : {},
  });
  return verdict(name, response.status, undefined);
}

describe('S1: sockets × roles', () => {
  const ticketOf = async (who: Who): Promise<string> => {
    const token = tokens.get(who);
    if (token === undefined) return 'none';
    const response = await fetch(`${host.url}/api/v1/tickets`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    return ((await response.json()) as { ticket: string }).ticket;
  };

  const live = async (who: Who): Promise<string> => {
    const socket = new WebSocket(`${host.url.replace('http', 'ws')}/ws/live?ticket=${await ticketOf(who)}`);
    socket.on('error', () => undefined);
    try {
      return await new Promise<string>((resolve) => {
        socket.on('unexpected-response', (_request, response) =>
          resolve(response.statusCode === 401 ? 'n' : String(response.statusCode)),
        );
        socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', topic: `workspace:${workspaceId}` })));
        socket.on('message', (data) => {
          const message = JSON.parse(String(data)) as { type: string; problem?: { status: number } };
          if (message.type === 'subscribed') resolve('y');
          if (message.type === 'problem')
            resolve(message.problem?.status === 404 ? 'x' : String(message.problem?.status));
        });
      });
    } finally {
      socket.terminate();
    }
  };

  test('S1: /ws/live opens with a ticket, and shows a workspace to its members only', async () => {
    const told: string[] = [];
    for (const who of people) told.push(await live(who));
    expect(told.join('')).toBe('nxxyyyyx');
  });

  test('S1: a ticket opens one socket', async () => {
    const ticket = await ticketOf('viewer');
    const open = () =>
      new Promise<number>((resolve) => {
        const socket = new WebSocket(`${host.url.replace('http', 'ws')}/ws/live?ticket=${ticket}`);
        socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
        socket.on('open', () => {
          resolve(101);
          socket.close();
        });
      });
    expect([await open(), await open()]).toEqual([101, 401]);
  });
});
