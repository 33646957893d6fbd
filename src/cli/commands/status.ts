import type { Client } from '../../shared/api/client.ts';
import type { Node } from '../../shared/model/node.ts';
import type { RunSummary } from '../../shared/model/run.ts';
import { connect } from '../connect.ts';

/** `otherthing status`: the host, its workspaces, nodes and running runs. */
export async function statusCommand(options: { data?: string }): Promise<void> {
  const { host, client } = await connect(options.data);
  console.log(`Host ${host.url}, version ${host.version}, process ${host.pid}`);
  const { items } = await client.call('listWorkspaces', {});
  for (const { id, name } of items) {
    console.log(`\n${name} (${id})`);
    for (const line of await describeWorkspace(client, id)) console.log(`  ${line}`);
  }
}

async function describeWorkspace(client: Client, id: string): Promise<string[]> {
  const [nodes, runs] = await Promise.all([
    client.call('listWorkspaceNodes', { params: { id } }),
    client.call('listRuns', { params: { id }, query: { state: 'running' } }),
  ]);
  const lines = [...nodes.items.map(describeNode), ...runs.items.map(describeRun)];
  return lines.length === 0 ? ['no nodes, nothing runs'] : lines;
}

export function describeNode({ name, id, status, available, currentJobs, executors }: Node): string {
  const paused = available ? '' : ', paused';
  const work = executors.length === 0 ? 'takes no jobs' : `${currentJobs} ${currentJobs === 1 ? 'job' : 'jobs'}`;
  return `node  ${name} (${id}): ${status}${paused}, ${work}`;
}

export function describeRun({ number, flowName, progress }: RunSummary): string {
  const failed = progress.failed > 0 ? `, ${progress.failed} failed` : '';
  return `run   ${number} ${flowName}: ${progress.done} of ${progress.total} done${failed}`;
}
