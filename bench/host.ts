/** The product as the benchmarks see it: an orchestrator process, a worker process that does nothing, a live socket. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { serviceFlags } from '../src/platform/service-process.ts';
import { createClient } from '../src/shared/api/client.ts';
import type { OrchestratorReady } from '../src/shared/services.ts';
import { coalesce, onMessages } from './coalesce.ts';
import type { JobRelay, Payload } from './job-relay.ts';
import { type Program, startProgram } from './processes.ts';

export const orchestratorProgram = join(import.meta.dirname, '../dist/orchestrator/main.js');
const workerProgram = join(import.meta.dirname, 'no-op-worker.ts');
const secret = () => randomBytes(32).toString('base64url');

export interface StartedHost extends Program<OrchestratorReady> {
  adminToken: string;
  workerToken: string;
  folder: string;
}

/** Starts the built orchestrator on an empty folder, which `stop` removes. */
export async function startOrchestrator(execArgv: string[] = []): Promise<StartedHost> {
  const host = await startOn(await mkdtemp(join(tmpdir(), 'otherthing-bench-')), execArgv);
  return {
    ...host,
    async stop() {
      await host.stop();
      await rm(host.folder, { recursive: true, force: true });
    },
  };
}

/** Starts the built orchestrator on a folder, which stays. */
export async function startOn(folder: string, execArgv: string[] = []): Promise<StartedHost> {
  const tokens = { adminToken: secret(), workerToken: secret() };
  const start = { type: 'start', dataDir: folder, port: 0, staticDir: null, version: '0.0.0-bench', ...tokens };
  const program = await startProgram<OrchestratorReady>(orchestratorProgram, start, [...serviceFlags, ...execArgv]);
  return { ...program, ...tokens, folder };
}

type FromHost =
  | { type: 'submitted'; id: number; jobIds: string[] }
  | { type: 'finished'; jobId: string; state: string }
  | { type: 'problem'; problem: { code: string } }
  | { type: 'hello' };

/** The product as a relay of jobs: live socket in, worker process out. */
export async function startProduct(execArgv: string[] = []): Promise<JobRelay> {
  const host = await startOrchestrator(execArgv);
  const { url } = host.ready;
  const ws = url.replace('http', 'ws');
  const worker = await startProgram(workerProgram, { url: `${ws}/ws/node`, workerToken: host.workerToken });
  const client = createClient({ baseUrl: url, token: host.adminToken });
  const [workspace] = (await client.call('listWorkspaces', {})).items;
  if (workspace === undefined) throw new Error('The host has no workspace');
  const { ticket } = await client.call('createTicket', {});
  const socket = new WebSocket(`${ws}/ws/live?ticket=${ticket}`);
  const send = coalesce(socket);
  const calls = new Map<number, () => void>();
  let ended: () => void = () => undefined;
  let failure: (error: Error) => void = () => undefined;
  await new Promise<void>((resolve) => {
    onMessages<FromHost>(socket, (message) => {
      if (message.type === 'hello') resolve();
      else if (message.type === 'submitted') {
        calls.get(message.id)?.();
        calls.delete(message.id);
      } else if (message.type === 'finished' && message.state === 'succeeded') ended();
      else failure(new Error(JSON.stringify(message)));
    });
  });
  let id = 0;
  return {
    onEnded(listener, fail) {
      ended = listener;
      failure = fail;
    },
    submit(inputs: readonly Payload[], acknowledged) {
      id += 1;
      calls.set(id, acknowledged);
      const jobs = inputs.map((input) => ({ kind: 'noop', input }));
      send({ type: 'submit', id, workspaceId: workspace.id, jobs, follow: true });
    },
    async stop() {
      socket.close();
      await worker.stop();
      await host.stop();
    },
  };
}
