/** 10,000 connected nodes with their heartbeats: memory and processor time of the host, beside a bare ws server. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from '../src/shared/api/client.ts';
import type { CrowdStart } from './crowd.ts';
import { startOrchestrator } from './host.ts';
import { type Program, startProgram } from './processes.ts';
import { median, report } from './report.ts';

const count = 10_000;
/** Each process has sockets of so many nodes, so that no limit on open files is met before the server's own. */
const perProcess = 2_500;
const most = 1.5;
/** After the last registration, before anything is measured. */
const settleMs = 20_000;
/** Two heartbeats of each node. */
const windowMs = 30_000;

interface Figures {
  megabytes: number;
  /** Of one processor, in percent. */
  processor: number;
}

export async function benchNodes(times: number, execArgv: string[]): Promise<void> {
  const limit = await openFiles();
  if (limit !== null && limit < count + 500) {
    console.error(`nodes: this shell may open ${limit} files; ${count} nodes need more (ulimit -n ${count + 500})`);
    process.exitCode = 1;
    return;
  }
  const bare: Figures[] = [];
  const product: Figures[] = [];
  for (let round = 0; round < times; round += 1) {
    bare.push(await ofBare());
    product.push(await ofProduct(execArgv));
  }
  const notes = `${count} nodes, a heartbeat each every 15 s, median of ${times} in turns, limit: bare ws server; at most ${most} ×`;
  for (const [bench, unit, of] of [
    ['nodes.memory', 'MB', ({ megabytes }: Figures) => megabytes],
    ['nodes.processor', '% of one', ({ processor }: Figures) => processor],
  ] as const) {
    report({ bench, value: median(product.map(of)), unit, limit: median(bare.map(of)), n: count, notes });
  }
}

async function ofBare(): Promise<Figures> {
  const server = await startProgram<{ port: number }>(join(import.meta.dirname, 'bare-nodes.ts'), { type: 'start' });
  try {
    return await underCrowd(server, { url: `ws://127.0.0.1:${server.ready.port}` });
  } finally {
    await server.stop();
  }
}

async function ofProduct(execArgv: string[]): Promise<Figures> {
  const host = await startOrchestrator(execArgv);
  try {
    const client = createClient({ baseUrl: host.ready.url, token: host.adminToken });
    const [workspace] = (await client.call('listWorkspaces', {})).items;
    const body = { shareKeyEnabled: true, approveNodes: false };
    const { share_key: joinKey } = await client.call('updateWorkspace', { params: { id: workspace?.id ?? '' }, body });
    const url = `${host.ready.url.replace('http', 'ws')}/ws/node`;
    return await underCrowd(host, { url, ...(joinKey === null ? {} : { joinKey }) });
  } finally {
    await host.stop();
  }
}

/** Has all nodes connect to a server, and looks at it while they do no more than beat. */
async function underCrowd(server: Program<unknown>, to: Pick<CrowdStart, 'url' | 'joinKey'>): Promise<Figures> {
  const crowd: Program<unknown>[] = [];
  try {
    for (let from = 0; from < count; from += perProcess) {
      crowd.push(await startProgram(join(import.meta.dirname, 'crowd.ts'), { ...to, from, to: from + perProcess }));
    }
    await wait(settleMs);
    const pid = server.child.pid ?? 0;
    const before = await processorSeconds(pid);
    await wait(windowMs);
    const used = (await processorSeconds(pid)) - before;
    return { megabytes: await residentMegabytes(pid), processor: (used / (windowMs / 1_000)) * 100 };
  } finally {
    await Promise.all(crowd.map((program) => program.stop()));
  }
}

/** Seconds of processor time that a process has used (Linux counts them in hundredths). */
async function processorSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

export async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
}

/** How many files this process may open; null where that cannot be known. */
async function openFiles(): Promise<number | null> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? null : Number(soft);
}
