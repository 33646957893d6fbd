import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { littleContext, littleModel } from './little-model.ts';
import type { LlamaOptions } from './llama-server.ts';

export interface LlamaProcess {
  /** Origin, without a slash at the end. */
  readonly url: string;
  /** kill -9. */
  kill(): Promise<void>;
}

/** Makes the little model in a folder, and has llama.cpp serve it in a process of its own. */
export async function startLlama(
  folder: string,
  { alias, context = littleContext, embeddings = false }: Pick<LlamaOptions, 'alias'> & Partial<LlamaOptions>,
): Promise<LlamaProcess> {
  const model = join(folder, `${alias}.gguf`);
  await writeFile(model, littleModel());
  const child = fork(fileURLToPath(new URL('main.ts', import.meta.url)), [], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: ['--no-warnings'],
  });
  child.send({ model, alias, context, embeddings } satisfies LlamaOptions);
  return { url: await originOf(child), kill: () => kill(child) };
}

async function originOf(child: ChildProcess): Promise<string> {
  const [answer] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [{ url: string } | number];
  if (typeof answer === 'object' && answer !== null) return answer.url;
  throw new Error('llama.cpp did not load the model');
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
