import type { Client } from '../../src/shared/api/client.ts';
import type { Job } from '../../src/shared/model/job.ts';
import type { RunSummary, StepInstance } from '../../src/shared/model/run.ts';

/** Every job of a workspace. */
export const listJobs = (client: Client, workspaceId: string): Promise<Job[]> =>
  everyPage((query) => client.call('listJobs', { params: { id: workspaceId }, query }));

/** Every run of a workspace. */
export const listRuns = (client: Client, workspaceId: string): Promise<RunSummary[]> =>
  everyPage((query) => client.call('listRuns', { params: { id: workspaceId }, query }));

/** Every step instance of a run of the fault flow: those at the top, and those in its Map. */
export async function listSteps(client: Client, runId: string): Promise<StepInstance[]> {
  const params = { id: runId };
  const { steps } = await client.call('getRun', { params });
  const inside = await client.call('listRunSteps', { params, query: { under: 'each', limit: 200 } });
  return [...new Map([...steps, ...inside.items].map((step) => [`${step.stepId} ${step.path}`, step])).values()];
}

async function everyPage<Item>(
  ask: (page: { limit: number; cursor?: string }) => Promise<{ items: Item[]; next: string | null }>,
): Promise<Item[]> {
  const found: Item[] = [];
  let cursor: string | null = null;
  do {
    const page = await ask({ limit: 200, ...(cursor === null ? {} : { cursor }) });
    found.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return found;
}
