import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '../../src/shared/api/client.ts';
import type { Node } from '../../src/shared/model/node.ts';
import type { RunSummary } from '../../src/shared/model/run.ts';
import { childrenOf, type Started, startNode, waitFor } from './processes.ts';

const cli = join(import.meta.dirname, '../../dist/cli/main.js');

export interface HostFile {
  pid: number;
  url: string;
  bearer: string;
}

export interface RunningHost extends HostFile {
  readonly process: Started;
  readonly dataDir: string;
  readonly client: Client;
  /** The first workspace. */
  readonly workspaceId: string;
  /** A fresh sign-in link. */
  signInLink(): Promise<string>;
  /** Process id of the orchestrator that serves now. */
  orchestratorPid(): number;
}

/** A temporary data folder, removed by `remove`. */
export function temporaryFolder(name: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `otherthing-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Starts `otherthing host` on a free port, as a person would, and waits until it answers. */
export async function startHost(dataDir: string, args: readonly string[] = []): Promise<RunningHost> {
  const started = startNode([cli, 'host', '--data', dataDir, '--port', '0', ...args]);
  const file = await waitFor(
    `the host to be ready; it printed:\n${started.output()}`,
    () => readHostFile(dataDir, started.pid),
    60_000,
  ).catch((error: unknown) => {
    throw new Error(`The host did not start:\n${started.output()}`, { cause: error });
  });
  const client = createClient({ baseUrl: file.url, token: file.bearer });
  const { items } = await client.call('listWorkspaces', {});
  const workspaceId = items[0]?.id;
  if (workspaceId === undefined) throw new Error('The host has no workspace');
  return {
    ...file,
    process: started,
    dataDir,
    client,
    workspaceId,
    signInLink: async () => (await client.call('createSignInLink', {})).url,
    orchestratorPid: () => {
      const child = childrenOf(started.pid).find(({ command }) => command.includes('orchestrator'));
      if (child === undefined) throw new Error('The host has no orchestrator now');
      return child.pid;
    },
  };
}

function readHostFile(dataDir: string, pid: number): HostFile | null {
  try {
    const file = JSON.parse(readFileSync(join(dataDir, 'host.json'), 'utf8')) as HostFile;
    return file.pid === pid ? file : null;
  } catch {
    return null;
  }
}

/** Starts `otherthing join` and adds the node to the workspace by the key that it prints. */
export async function joinNode(host: RunningHost, dataDir: string): Promise<{ process: Started; node: Node }> {
  const started = startNode([cli, 'join', '--host', host.url, '--data', dataDir]);
  try {
    return { process: started, node: await addNode(host, started) };
  } catch (error) {
    await started.stop();
    throw error;
  }
}

async function addNode(host: RunningHost, started: Started): Promise<Node> {
  const key = await waitFor(
    'the share key',
    () => /\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b/.exec(started.output())?.[0],
    30_000,
  );
  const nodeId = /\bnode-[0-9A-Za-z]+\b/.exec(started.output())?.[0];
  // A key that is not known yet counts as a guess, and guesses are few: it is typed once the node is there.
  await waitFor(
    'the node to be connected',
    async () => (await host.client.call('listNodes', {})).items.some(({ id }) => id === nodeId),
    60_000,
  );
  return host.client.call('addNodeByKey', { params: { id: host.workspaceId }, body: { share_key: key } });
}

export async function runEnded(
  host: Pick<RunningHost, 'client'>,
  runId: string,
  deadlineMs: number,
): Promise<RunSummary> {
  return waitFor(
    `run ${runId} to end`,
    async () => {
      const detail = await host.client.call('getRun', { params: { id: runId } }).catch(() => null);
      return detail !== null && detail.run.state !== 'running' ? detail.run : null;
    },
    deadlineMs,
  );
}
