/** What a fault run takes place in: a host with its own worker, more nodes, and the stretches of network between them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, createClient } from '../../src/shared/api/client.ts';
import { childrenOf, isAlive, waitFor } from '../harness/processes.ts';
import { type Network, startNetwork } from './network.ts';
import type { HostProgramReady, HostProgramStart } from './programs/host.ts';
import type { JoinProgramReady, JoinProgramStart } from './programs/join.ts';
import { type FaultProgram, startFaultProgram } from './programs/start.ts';
import { faultRestarts, faultTimings } from './timings.ts';

export interface Cluster {
  readonly folder: string;
  /** The host's data folder. */
  readonly dataDir: string;
  readonly workspaceId: string;
  /** Between clients and the host. */
  readonly network: Network;
  readonly nodes: readonly ClusterNode[];
  host(): FaultProgram<HostProgramReady>;
  /** Talks to the host that runs now, through the network; a call takes at most 5 s. */
  client(): Client;
  /** The same past the network. */
  direct(): Client;
  startHost(): Promise<void>;
  stop(): Promise<void>;
}

export interface ClusterNode {
  readonly name: string;
  readonly network: Network;
  program(): FaultProgram<JoinProgramReady>;
  start(): Promise<void>;
}

/** Starts everything in this folder; resolves when every node is online. */
export async function startCluster(folder: string, joined: number, dataDir = join(folder, 'host')): Promise<Cluster> {
  mkdirSync(folder, { recursive: true });
  const timing = { nodeTimings: faultTimings, restart: faultRestarts };
  const network = await startNetwork();
  let program: FaultProgram<HostProgramReady>;
  let port = 0;
  const nodes: ClusterNode[] = [];
  const startHost = async () => {
    const start: HostProgramStart = { dataDir, logs: folder, port, ...timing };
    program = await startFaultProgram<HostProgramReady>('host', start);
    port = Number(new URL(program.ready.url).port);
    for (const { towards } of [network, ...nodes.map((node) => node.network)]) towards(port);
  };
  await startHost();
  const clientAt = (baseUrl: string) => createClient({ baseUrl, token: program.ready.bearer, timeout: 5_000 });
  const direct = () => clientAt(program.ready.url);
  const [workspace] = (await direct().call('listWorkspaces', {})).items;
  const workspaceId = workspace?.id ?? '';
  const names = Array.from({ length: joined }, (_, index) => `node-${index + 1}`);
  nodes.push(...(await Promise.all(names.map((name) => joinNode(folder, name, port, workspaceId, direct, timing)))));
  const online = async () =>
    (await direct().call('listWorkspaceNodes', { params: { id: workspaceId } })).items.filter(
      ({ status }) => status === 'online',
    );
  await waitFor('every node to be online', async () => (await online()).length === joined + 1, 120_000);
  return {
    folder,
    dataDir,
    workspaceId,
    network,
    nodes,
    host: () => program,
    client: () => clientAt(network.url),
    direct,
    startHost,
    async stop() {
      await Promise.all([program, ...nodes.map((node) => node.program())].map((one) => one.stop()));
      await Promise.all([network.stop(), ...nodes.map((node) => node.network.stop())]);
    },
  };
}

async function joinNode(
  folder: string,
  name: string,
  port: number,
  workspaceId: string,
  host: () => Client,
  timing: Pick<JoinProgramStart, 'nodeTimings' | 'restart'>,
): Promise<ClusterNode> {
  const network = await startNetwork();
  network.towards(port);
  const message: JoinProgramStart = { dataDir: join(folder, name), logs: folder, name, url: network.url, ...timing };
  const begin = () => startFaultProgram<JoinProgramReady>('join', message);
  let program = await begin();
  const start = async () => {
    program = await begin();
  };
  const { nodeId, shareKey } = program.ready;
  // Keys that nobody has count as guesses, so the node has to be there first.
  const known = async () => (await host().call('listNodes', {})).items.some(({ id }) => id === nodeId);
  await waitFor(`${name} to register`, known, 120_000);
  await host().call('addNodeByKey', { params: { id: workspaceId }, body: { share_key: shareKey } });
  return { name, network, program: () => program, start };
}

/** The process of a service below one of the programs, or null while it has none. */
export function serviceOf(program: FaultProgram<unknown>, service: 'orchestrator' | 'worker'): number | null {
  const child = childrenOf(program.pid).find(({ command }) => command.includes(`/${service}`));
  return child !== undefined && isAlive(child.pid) ? child.pid : null;
}
