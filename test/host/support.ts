import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pino } from 'pino';
import { createOrchestrator, type Orchestrator } from '../../src/orchestrator/app.ts';
import { createSqliteStore } from '../../src/orchestrator/store/sqlite.ts';
import { type Client, createClient } from '../../src/shared/api/client.ts';
import { systemClock } from '../../src/shared/clock.ts';
import type { FlowFile } from '../../src/shared/model/flow.ts';
import type { Role } from '../../src/shared/model/user.ts';
import type { OrchestratorStart } from '../../src/shared/services.ts';
import { temporaryFolder } from '../harness/host.ts';

export interface TestHost extends Orchestrator {
  adminToken: string;
  workerToken: string;
  dataDir: string;
  /** The local owner. */
  owner: Client;
  /** Another start on the same data folder, after `stop`. */
  again(): Promise<TestHost>;
  remove(): void;
}

/** An orchestrator in this process, with its real store, on a free port. */
export async function startTestHost(
  options: { staticDir?: string; dataDir?: string; hosting?: OrchestratorStart['hosting'] } = {},
): Promise<TestHost> {
  const folder = options.dataDir === undefined ? temporaryFolder('orchestrator') : null;
  const dataDir = options.dataDir ?? folder?.path ?? '';
  const [adminToken, workerToken] = [secret(), secret()];
  const log = pino({ level: 'silent' });
  const orchestrator = await createOrchestrator(
    {
      ...{ dataDir, port: 0, staticDir: options.staticDir ?? null, adminToken, workerToken, version: '0.0.0-test' },
      ...(options.hosting === undefined ? {} : { hosting: options.hosting }),
    },
    { openStore: (to) => createSqliteStore({ folder: to, clock: systemClock, log }), log, ownerName: 'ana' },
  );
  return {
    ...orchestrator,
    adminToken,
    workerToken,
    dataDir,
    owner: createClient({ baseUrl: orchestrator.url, token: adminToken }),
    again: () => startTestHost({ ...options, dataDir }),
    remove: () => folder?.remove(),
  };
}

const secret = () => randomBytes(32).toString('base64url');

export interface TestPerson {
  userId: string;
  token: string;
  client: Client;
}

/** Signs in with a link, as a browser does, and answers the cookie. */
export async function signIn(url: string, link: string): Promise<{ response: Response; cookie: string }> {
  const code = new URLSearchParams(new URL(link).hash.slice(1)).get('code');
  const response = await fetch(`${url}/api/v1/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ code }),
  });
  return { response, cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
}

/** Adds a person to a workspace; they sign in and make themselves a token. */
export async function addPerson(
  host: Pick<TestHost, 'url'>,
  by: Client,
  workspaceId: string,
  name: string,
  role: Role,
): Promise<TestPerson> {
  const { member, signInLink } = await by.call('addMember', { params: { id: workspaceId }, body: { name, role } });
  const { cookie } = await signIn(host.url, signInLink);
  const response = await fetch(`${host.url}/api/v1/me/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: host.url, cookie },
    body: JSON.stringify({ name: 'test' }),
  });
  const { secret: token } = (await response.json()) as { secret: string };
  return { userId: member.userId, token, client: createClient({ baseUrl: host.url, token }) };
}

export const samplesFolder = join(import.meta.dirname, '../../resources/samples');

/** A flow that ends by itself without any node. */
export const inlineFlow = (name = 'Inline'): FlowFile => ({
  schema: 'otherthing.flow/1',
  name,
  steps: [
    { id: 'a', type: 'input', name: 'A', position: { x: 0, y: 0 }, config: { name: 'a', type: 'text', value: 'x' } },
    { id: 'b', type: 'output', name: 'B', position: { x: 300, y: 0 }, config: { name: 'b', view: 'text' } },
  ],
  edges: [{ id: 'e', from: { step: 'a', port: 'value' }, to: { step: 'b', port: 'value' } }],
  groups: [],
  notes: [],
  settings: {},
});
