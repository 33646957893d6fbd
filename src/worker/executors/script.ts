import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { packagedResources, runtimePath } from '../../platform/paths.ts';
import { Json } from '../../shared/model/values.ts';
import { findDeno } from '../sandbox/deno.ts';
import { LineTooLong, readLine, splitLines } from '../sandbox/frames.ts';
import { refusingImportMap } from '../sandbox/import-map.ts';
import { endLeftovers } from '../sandbox/leftovers.ts';
import { type Sandbox, type SandboxGround, startSandbox } from '../sandbox/sandbox.ts';
import { crashError, memoryError, scriptError, type Thrown } from '../sandbox/script-error.ts';
import { findSandboxTools } from '../sandbox/tools.ts';
import type { Breach } from '../sandbox/watch.ts';
import {
  cancelled,
  type Executor,
  type ExecutorContext,
  ExecutorError,
  type ExecutorJob,
  type JobLimits,
} from './executor.ts';

/** A script job: a module whose default export is called with `input`; what it answers is the result. */
export const ScriptInput = Type.Object({
  source: Type.String({ minLength: 1, maxLength: 512 * 1024 }),
  language: Type.Union([Type.Literal('typescript'), Type.Literal('javascript')]),
  input: Type.Optional(Json),
});
export type ScriptInput = Static<typeof ScriptInput>;
const scriptInput = Compile(ScriptInput);

/** The smallest memory in which Deno starts and does something, in MiB. */
const leastRamMb = 96;

/**
 * Looks once for what the sandbox stands on; null when there is no Deno on this machine.
 * `importMapFile` is where the import map is written; `resources` is the packaged app's folder of binaries.
 */
export async function findScriptGround(
  importMapFile: string,
  resources = packagedResources(),
): Promise<SandboxGround | null> {
  const deno = findDeno(resources);
  if (deno === null) return null;
  await endLeftovers(importMapFile);
  await mkdir(dirname(importMapFile), { recursive: true });
  await writeFile(importMapFile, refusingImportMap());
  return {
    deno,
    runner: runtimePath('worker/sandbox/runner.js'),
    importMap: importMapFile,
    tools: await findSandboxTools(),
  };
}

/** The executor of kind `script`: TypeScript or JavaScript in Deno without any permission, one process per job (S6). */
export function createScriptExecutor(ground: SandboxGround): Executor {
  const running = new Set<Sandbox>();
  return {
    kind: 'script',
    leastRamMb,
    execute: (job, context) => runScript(ground, running, job, context),
    async stop() {
      const sandboxes = [...running];
      for (const sandbox of sandboxes) sandbox.kill();
      await Promise.all(sandboxes.map((sandbox) => sandbox.ended));
    },
  };
}

async function runScript(
  ground: SandboxGround,
  running: Set<Sandbox>,
  job: ExecutorJob,
  context: ExecutorContext,
): Promise<unknown> {
  const request = {
    ...parseInput(job.input),
    limits: { ...job.limits, ramMb: Math.max(job.limits.ramMb, leastRamMb) },
    folder: context.folder,
  };
  if (context.signal.aborted) throw cancelled();
  // The first reason to end the script is the one that is told; the rest follows from the kill.
  let verdict: ExecutorError | null = null;
  let sandbox: Sandbox | null = null;
  const end = (reason: ExecutorError) => {
    verdict ??= reason;
    sandbox?.kill();
  };
  sandbox = await startSandbox(ground, request, (breach) => end(breachError(breach, request.limits)));
  running.add(sandbox);
  const timer = setTimeout(() => end(timeoutError(request.limits)), request.limits.runSeconds * 1_000);
  const onAbort = () => end(cancelled());
  context.signal.addEventListener('abort', onAbort, { once: true });
  if (verdict !== null || context.signal.aborted) onAbort();
  try {
    const outcome = await readOutcome(sandbox, request.limits, context, () => verdict !== null);
    sandbox.kill();
    await sandbox.ended;
    if (verdict !== null) throw verdict;
    if (outcome === null) throw crashError(sandbox.errors(), request.limits.ramMb);
    return JSON.parse(outcome) as unknown;
  } finally {
    sandbox.kill();
    await sandbox.ended;
    clearTimeout(timer);
    context.signal.removeEventListener('abort', onAbort);
    running.delete(sandbox);
  }
}

/** Reads frames until the script has answered; null when it ended without an answer. Logs go out as they come (N9). */
async function readOutcome(
  sandbox: Sandbox,
  limits: JobLimits,
  context: ExecutorContext,
  ending: () => boolean,
): Promise<string | null> {
  let logged = 0;
  try {
    for await (const raw of splitLines(sandbox.stdout, 2 * limits.outputBytes + 1_024)) {
      const line = readLine(raw, sandbox.nonce);
      if (line.type === 'frame' && line.kind === 'result') return boundedResult(line.json, limits);
      if (line.type === 'frame' && line.kind === 'threw') throw scriptError(JSON.parse(line.json) as Thrown);
      if (line.type === 'frame' && line.kind === 'refused') throw refusal(line.json, limits);
      if (raw === '' || ending()) continue;
      const text = line.type === 'frame' ? String(JSON.parse(line.json)) : line.text;
      logged += Buffer.byteLength(text) + 1;
      if (logged > limits.outputBytes) throw tooLarge('logs', limits);
      await context.chunk('log', `${text}\n`);
    }
    return null;
  } catch (error) {
    if (error instanceof LineTooLong) throw tooLarge('output', limits);
    throw error;
  }
}

function boundedResult(json: string, limits: JobLimits): string {
  if (Buffer.byteLength(json) > limits.outputBytes) throw tooLarge('result', limits);
  return json;
}

function parseInput(input: unknown): { url: string; input: unknown } {
  if (!scriptInput.Check(input)) {
    const [first] = scriptInput.Errors(input);
    throw new ExecutorError(
      'script_bad_input',
      `The job does not hold a script: ${first?.instancePath ?? ''} ${first?.message ?? ''}`,
      'job',
    );
  }
  const mime = input.language === 'typescript' ? 'application/typescript' : 'text/javascript';
  return { url: `data:${mime};base64,${Buffer.from(input.source).toString('base64')}`, input: input.input ?? null };
}

function refusal(reason: string, limits: JobLimits): ExecutorError {
  switch (JSON.parse(reason)) {
    case 'no_default':
      return new ExecutorError(
        'script_no_default',
        'The script must export a function: export default (input) => …',
        'job',
      );
    case 'not_json':
      return new ExecutorError(
        'script_result_not_json',
        'The result is a function or a symbol; JSON cannot hold it',
        'job',
      );
    default:
      return tooLarge('result', limits);
  }
}

function tooLarge(what: 'result' | 'logs' | 'output', limits: JobLimits): ExecutorError {
  return new ExecutorError(
    'script_output_too_large',
    `The ${what} of the script passed ${formatBytes(limits.outputBytes)}`,
    'job',
  );
}

function timeoutError(limits: JobLimits): ExecutorError {
  return new ExecutorError('script_timeout', `The script ran longer than ${limits.runSeconds} s`, 'job');
}

function breachError(breach: Breach, limits: JobLimits): ExecutorError {
  if (breach === 'memory') return memoryError(limits.ramMb);
  return new ExecutorError('script_disk', 'The script wrote more to disk than a sandbox may', 'job');
}

function formatBytes(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KiB` : `${Math.round(bytes / 1024 / 1024)} MiB`;
}
