import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { JobLimits } from '../executors/executor.ts';
import { type SandboxTools, sandboxCommand } from './command.ts';
import { bareEnvironment, killTree, lowerPriority } from './process-tree.ts';
import { type Bounds, type Breach, watchTree } from './watch.ts';

/** What the sandbox stands on: found once, the same for every script. */
export interface SandboxGround {
  deno: string;
  runner: string;
  importMap: string;
  tools: SandboxTools;
}

export interface SandboxRequest {
  /** A `data:` URL of the user's module. */
  url: string;
  input: unknown;
  limits: JobLimits;
  folder: string;
}

export interface Sandbox {
  nonce: string;
  stdout: Readable;
  /** The end of what Deno wrote on its error output. */
  errors(): string;
  /** Settles when every process of the sandbox is gone. */
  ended: Promise<void>;
  kill(): void;
}

/** What DENO_DIR may grow to. An empty one takes about 0.3 MB. */
const diskBytes = 16 * 1024 * 1024;
const errorTail = 16 * 1024;

/** Starts one script in a process group of its own and hands it its source and input. `onBreach` may fire once. */
export async function startSandbox(
  ground: SandboxGround,
  request: SandboxRequest,
  onBreach: (breach: Breach) => void,
): Promise<Sandbox> {
  const denoDir = join(request.folder, 'deno');
  await mkdir(denoDir);
  const command = sandboxCommand({ ...ground, ...bounded(request.limits), denoDir, diskBytes }, ground.tools);
  const env = bareEnvironment(command.env);
  const child = spawn(command.file, command.args, {
    cwd: request.folder,
    env,
    detached: true,
    stdio: 'pipe',
    windowsHide: true,
  });
  const errors = keepTail(child.stderr);
  const ended = endOf(child);
  const nonce = randomBytes(24).toString('hex');
  if (child.pid === undefined) {
    await ended;
    throw new Error(`The sandbox could not be started: ${command.file}`);
  }
  lowerPriority(child.pid);
  const stopWatching = watchTree(
    child.pid,
    boundsOf(request, ground.tools.bwrap === undefined ? denoDir : null),
    onBreach,
  );
  void ended.then(stopWatching);
  child.stdin.on('error', () => undefined);
  child.stdin.end(
    JSON.stringify({ nonce, url: request.url, input: request.input, resultLimit: request.limits.outputBytes }),
  );
  return { nonce, stdout: child.stdout, errors, ended, kill: () => killTree(child) };
}

/** V8 needs some room beside the heap; the watchdog guards the whole, the heap cap gives the clearer error. */
function bounded(limits: JobLimits) {
  const cpuSeconds = Math.ceil(limits.runSeconds * Math.max(1, limits.cores)) + 10;
  const heapMb = Math.max(24, Math.floor(limits.ramMb * 0.75));
  return { heapMb, cpuSeconds, ...(limits.processors === undefined ? {} : { processors: limits.processors }) };
}

function boundsOf(request: SandboxRequest, folder: string | null): Bounds {
  const written = 4 * request.limits.outputBytes + 2 * diskBytes;
  return { ramMb: request.limits.ramMb, writtenBytes: written, folder, folderBytes: diskBytes };
}

function keepTail(stream: Readable): () => string {
  let kept = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    kept = (kept + text).slice(-errorTail);
  });
  return () => kept;
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
}
