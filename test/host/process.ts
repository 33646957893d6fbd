import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Client, createClient } from '../../src/shared/api/client.ts';
import type { OrchestratorReady, OrchestratorStart, ServiceFailed } from '../../src/shared/services.ts';

const program = join(import.meta.dirname, '../../src/orchestrator/main.ts');

export interface OrchestratorProcess {
  url: string;
  signInLink: string;
  client: Client;
  child: ChildProcess;
  /** Everything that it logged. */
  log(): string;
  /** As a power cut would: no time to write anything. */
  kill(): Promise<void>;
  /** As the parent asks; answers the exit code. */
  stop(): Promise<number | null>;
}

/** Starts an orchestrator as its own process, from source, as a parent does. */
export async function startProcess(
  start: Omit<OrchestratorStart, 'type' | 'version' | 'staticDir'>,
  env: Record<string, string> = {},
): Promise<OrchestratorProcess> {
  const child = fork(program, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: { ...process.env, ...env } });
  let errors = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text) => {
      errors += String(text);
    });
  }
  child.send({ type: 'start', version: '0.0.0-test', staticDir: null, ...start });
  const [answer] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => [{ type: 'failed', code: String(code), message: errors }]),
  ])) as [OrchestratorReady | ServiceFailed];
  if (answer.type === 'failed') throw new Error(`${answer.code}: ${answer.message}`);
  const ended = once(child, 'exit') as Promise<[number | null]>;
  return {
    ...answer,
    child,
    log: () => errors,
    client: createClient({ baseUrl: answer.url, token: start.adminToken }),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      if (child.connected) child.send({ type: 'stop' });
      return (await ended)[0];
    },
  };
}
