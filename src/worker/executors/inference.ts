import { readFile } from 'node:fs/promises';
import { Compile } from 'typebox/compile';
import { InferenceFault } from '../../shared/inference/fault.ts';
import { answerChat } from '../../shared/inference/structured.ts';
import { type ChatInput, InferenceInput } from '../../shared/model/inference.ts';
import type { FileValue } from '../../shared/model/values.ts';
import { callChat, callEmbeddings } from '../models/call.ts';
import type { ModelServer } from '../models/servers.ts';
import type { ModelWatch } from '../models/watch.ts';
import { cancelled, type Executor, type ExecutorContext, ExecutorError, type ExecutorJob } from './executor.ts';

const inferenceInput = Compile(InferenceInput);

/** Images larger than this are no prompt. */
const mostImageBytes = 20 * 1024 * 1024;

/** The executor of kind `inference`: chat and embeddings by the model servers of this machine. Carries no code. */
export function createInferenceExecutor(watch: Pick<ModelWatch, 'serverOf' | 'refresh'>): Executor {
  return {
    kind: 'inference',
    leastRamMb: 32,
    async execute(job, context) {
      const { input } = job;
      if (!inferenceInput.Check(input)) throw new ExecutorError('inference_bad_input', 'The job names no model', 'job');
      const began = performance.now();
      const timer = AbortSignal.timeout(job.limits.runSeconds * 1_000);
      const signal = AbortSignal.any([context.signal, timer]);
      try {
        const server = await serverOf(watch, input.model);
        const answer =
          input.task === 'embeddings'
            ? await callEmbeddings(server, input, signal)
            : await chat(server, input, { ...context, signal });
        return { ...answer, ms: Math.round(performance.now() - began) };
      } catch (error) {
        throw inWords(error, job, context.signal, timer, watch);
      }
    },
    async stop() {},
  };
}

/** What was loaded a moment ago may be new to us. */
async function serverOf(watch: Pick<ModelWatch, 'serverOf' | 'refresh'>, model: string): Promise<ModelServer> {
  const known = watch.serverOf(model);
  if (known !== null) return known;
  await watch.refresh();
  const found = watch.serverOf(model);
  if (found === null) throw new InferenceFault('model_missing', `No model server of this machine has "${model}".`);
  return found;
}

async function chat(server: ModelServer, input: ChatInput, context: ExecutorContext) {
  const images = await imagesOf(input, context);
  const { signal } = context;
  const token = (text: string) => context.chunk('token', text);
  return answerChat((messages) => callChat(server, input, messages, { signal, token, images }), input);
}

async function imagesOf({ messages }: ChatInput, context: ExecutorContext): Promise<Map<string, string>> {
  const files = messages.flatMap(({ content }) =>
    typeof content === 'string' ? [] : content.flatMap((part) => (part.type === 'image' ? [part.image] : [])),
  );
  return new Map(await Promise.all(files.map(async (file) => [file.sha256, await base64Of(file, context)] as const)));
}

async function base64Of(file: FileValue, context: ExecutorContext): Promise<string> {
  if (!file.mime.startsWith('image/')) throw new InferenceFault('images_not_taken', `"${file.name}" is no image.`);
  if (file.size > mostImageBytes) throw new InferenceFault('images_not_taken', `"${file.name}" is too large.`);
  return readFile(await context.blob(file), 'base64');
}

function inWords(
  error: unknown,
  job: ExecutorJob,
  abort: AbortSignal,
  timer: AbortSignal,
  watch: Pick<ModelWatch, 'refresh'>,
): unknown {
  if (abort.aborted) return cancelled();
  if (timer.aborted) {
    const words = `The model took longer than ${job.limits.runSeconds} s. Allow more time, or choose a smaller model.`;
    return new ExecutorError('inference_timeout', words, 'job');
  }
  if (!(error instanceof InferenceFault)) return error;
  // The host sent it here because this node said it had the model: another node may still have it.
  const gone = error.code === 'model_missing';
  if (gone) void watch.refresh();
  return new ExecutorError(error.code, error.message, gone ? 'node' : error.fault, undefined, error.retryAfterMs);
}
