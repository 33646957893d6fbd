import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { createLineReader } from '../../shared/inference/lines.ts';
import { ModelChange } from '../../shared/model/model-change.ts';
import { askServer, type ModelResponse, wholeText } from '../models/http.ts';
import type { ModelWatch } from '../models/watch.ts';
import { cancelled, type Executor, type ExecutorContext, ExecutorError } from './executor.ts';

const modelChange = Compile(ModelChange);

export interface ModelExecutorOptions {
  watch: Pick<ModelWatch, 'servers' | 'refresh'>;
  /** Whether the owner of the node lets others fetch and remove models; asked at each job. */
  allowed(): boolean;
}

/** The executor of kind `model`: has Ollama fetch or remove a model. Its progress is lines of "<status> <done> of <total> bytes". */
export function createModelExecutor({ watch, allowed }: ModelExecutorOptions): Executor {
  return {
    kind: 'model',
    leastRamMb: 32,
    async execute({ input }, context) {
      if (!modelChange.Check(input)) throw new ExecutorError('model_bad_input', 'The job names no model', 'job');
      if (!allowed())
        throw new ExecutorError(
          'model_changes_off',
          'The owner of this node does not let others change its models',
          'job',
        );
      const url = watch.servers().find(({ kind }) => kind === 'ollama')?.url;
      if (url === undefined)
        throw new ExecutorError(
          'model_server_missing',
          'Only Ollama fetches and removes models, and it does not run here',
          'job',
        );
      try {
        if (input.action === 'pull') await pull(url, input.model, context);
        else await remove(url, input.model, context.signal);
      } catch (error) {
        throw context.signal.aborted ? cancelled() : error;
      }
      await watch.refresh();
      return { model: input.model, action: input.action };
    },
    async stop() {},
  };
}

const PullLine = Type.Object({
  status: Type.Optional(Type.String()),
  total: Type.Optional(Type.Number({ minimum: 0 })),
  completed: Type.Optional(Type.Number({ minimum: 0 })),
  error: Type.Optional(Type.String()),
});

async function pull(url: string, model: string, context: ExecutorContext): Promise<void> {
  const { signal } = context;
  const response = await askServer({ method: 'POST', url: `${url}/api/pull`, body: { model, stream: true }, signal });
  if (response.status !== 200) throw await refused(response);
  const reader = createLineReader();
  let last = '';
  const take = async (line: string) => {
    const event: unknown = JSON.parse(line);
    if (!Value.Check(PullLine, event)) return;
    if (event.error !== undefined) throw new ExecutorError('model_pull_failed', event.error.slice(0, 400), 'job');
    last = event.status ?? last;
    await context.chunk('progress', JSON.stringify({ status: last, completed: event.completed, total: event.total }));
  };
  for await (const part of response.text) for (const line of reader.push(part)) if (line !== '') await take(line);
  for (const line of reader.end()) await take(line);
  if (last !== 'success')
    throw new ExecutorError('model_pull_failed', 'Ollama stopped before the model was there', 'node');
}

async function remove(url: string, model: string, signal: AbortSignal): Promise<void> {
  const response = await askServer({ method: 'DELETE', url: `${url}/api/delete`, body: { model }, signal });
  if (response.status !== 200) throw await refused(response);
  await wholeText(response);
}

async function refused(response: ModelResponse): Promise<ExecutorError> {
  const text = await wholeText(response, 64 * 1024).catch(() => '');
  return new ExecutorError('model_refused', `Ollama refused (${response.status}): ${text.slice(0, 300)}`, 'job');
}
