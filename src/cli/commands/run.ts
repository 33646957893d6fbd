import { readFile } from 'node:fs/promises';
import { Value } from 'typebox/value';
import type { Client } from '../../shared/api/client.ts';
import { FlowFile } from '../../shared/model/flow.ts';
import type { RunDetail, RunSummary } from '../../shared/model/run.ts';
import { connect, findWorkspace } from '../connect.ts';
import { CommandError } from '../failure.ts';
import { followRun } from '../follow-run.ts';
import { gatherInputs, parseInput } from '../run-inputs.ts';
import { duration, tellStreamingRun } from '../run-progress.ts';

export interface RunOptions {
  data?: string;
  workspace?: string;
  input: string[];
  follow?: boolean;
}

/**
 * `otherthing run`: runs a flow file, or a flow of the host by its id. Progress goes to stderr and the outputs, as JSON,
 * to stdout. Exit code 0 when the run succeeded (or was only started), 2 when it did not.
 */
export async function runCommand(flow: string, options: RunOptions): Promise<void> {
  const inputs = options.input.map(parseInput);
  const file = flow.endsWith('.json') ? await readFlowFile(flow) : null;
  const { client, host } = await connect(options.data);
  const run = await start(client, flow, file, inputs, options.workspace);
  console.error(`Run ${run.number} of "${run.flowName}" (${run.id}) has started.`);
  if (options.follow !== true) return console.log(run.id);
  const detail = await follow(client, host.url, run);
  console.error(describeEnd(detail.run));
  console.log(JSON.stringify(await wholeOutputs(client, detail), null, 2));
  if (detail.run.state !== 'succeeded') process.exitCode = 2;
}

/** What is too large for the answer about a run is asked for by itself. */
async function wholeOutputs(client: Client, { run, outputs, cut }: RunDetail): Promise<Record<string, unknown>> {
  const large = cut.map(async (port) => {
    const content = await client.download('getRunValue', { params: { id: run.id }, query: { port } });
    return [port, JSON.parse(await content.text())] as const;
  });
  return { ...outputs, ...Object.fromEntries(await Promise.all(large)) };
}

async function start(
  client: Client,
  flow: string,
  file: FlowFile | null,
  given: ReturnType<typeof parseInput>[],
  asked: string | undefined,
): Promise<RunSummary> {
  if (file !== null) {
    const { id } = await findWorkspace(client, asked);
    const inputs = await gatherInputs(client, id, file, given);
    return client.call('startRunOfFile', { params: { id }, body: { file, inputs } });
  }
  const { flow: found, file: present } = await client.call('getFlow', { params: { id: flow } });
  const inputs = await gatherInputs(client, found.workspaceId, present, given);
  return client.call('startRun', { params: { id: flow }, body: { inputs } });
}

async function readFlowFile(path: string): Promise<FlowFile> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new CommandError(`${path} cannot be read.`);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CommandError(`${path} is not JSON.`);
  }
  if (Value.Check(FlowFile, value)) return value;
  const [first] = Value.Errors(FlowFile, value);
  throw new CommandError(`${path} is no flow: ${first?.instancePath ?? ''} ${first?.message ?? ''}`);
}

async function follow(client: Client, url: string, run: RunSummary): Promise<RunDetail> {
  const [{ file }, nodes] = await Promise.all([
    client.call('getRun', { params: { id: run.id } }),
    client.call('listWorkspaceNodes', { params: { id: run.workspaceId } }),
  ]);
  const names = new Map(nodes.items.map(({ id, name }) => [id, name]));
  const watcher = tellStreamingRun(
    file,
    (id) => names.get(id) ?? id,
    (text) => process.stderr.write(text),
  );
  return followRun({ client, url, run, watcher });
}

function describeEnd({ number, state, createdAt, finishedAt, error }: RunSummary): string {
  const took = finishedAt === null ? '' : ` after ${duration(finishedAt - createdAt)}`;
  const why = error === undefined ? '' : `: ${error.message}`;
  return `Run ${number} ${state}${took}${why}`;
}
