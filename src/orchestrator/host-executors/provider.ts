/** Jobs of the kind `provider`: chat and embeddings behind a provider key of the workspace (F10, S5). */
import { Compile } from 'typebox/compile';
import type { Clock } from '../../shared/clock.ts';
import { estimate, estimateTexts } from '../../shared/inference/answer.ts';
import {
  type ChatInput,
  type ChatMessage,
  type ChatResult,
  type EmbeddingsInput,
  type EmbeddingsResult,
  InferenceInput,
  type TokenUsage,
  type ToolCall,
} from '../../shared/model/inference.ts';
import type { FileValue } from '../../shared/model/values.ts';
import { redactionOf } from '../http-client/redact.ts';
import type { KeyService } from '../keys/key-service.ts';
import { fault } from '../providers/faults.ts';
import { instructions, type JsonVerdict, readJson, repairRequest } from '../providers/json-answer.ts';
import { type ChatAnswer, type Picture, providerApis, type Target } from '../providers/provider.ts';
import { type HostContext, type HostExecutor, HostFault } from './host-executor.ts';

const isInput = Compile(InferenceInput);
const largestImage = 20 * 1024 * 1024;
/** Waits before another try where the provider names none: it has a bad moment, which passes within seconds. */
const usualWait = (attempt: number) => 1_000 * 2 ** Math.min(5, attempt);

export function createProviderExecutor({ keys, clock }: { keys: KeyService; clock: Clock }): HostExecutor {
  return {
    kind: 'provider',
    atOnce: 64,
    atOncePerLane: 8,
    lane: (input) => {
      const keyId: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, 'keyId') : null;
      return typeof keyId === 'string' ? keyId : null;
    },
    async execute(input, context) {
      if (!isInput.Check(input)) throw new HostFault('input_wrong', 'This is not a request to a model.');
      if (input.keyId === undefined) throw fault('key_missing', 'No provider key is chosen');
      const { keyId } = input;
      const { target, provider } = await keys.use(context.workspaceId, keyId, context.submittedBy);
      const api = providerApis[provider];
      try {
        const result =
          input.task === 'chat'
            ? await countedChat(api, target, input, context, clock)
            : await embed(api, target, input, context, clock);
        await keys.used(keyId, null);
        return result;
      } catch (error) {
        if (context.signal.aborted) throw error;
        if (!(error instanceof HostFault)) throw error;
        await keys.used(keyId, error);
        throw withWait(error, context.attempt);
      }
    },
  };
}

type Api = (typeof providerApis)[keyof typeof providerApis];

/** What an attempt costs that breaks off, is cancelled or never gives what is asked counts too, where the provider says it. */
async function countedChat(
  api: Api,
  target: Target,
  input: ChatInput,
  context: HostContext,
  clock: Clock,
): Promise<ChatResult> {
  const begun = clock.now();
  const tally = createTally();
  try {
    return await chat(api, target, input, context, { clock, begun, tally });
  } catch (error) {
    const usage = tally.total();
    if (usage !== null) await context.spent({ model: input.model, usage, ms: clock.now() - begun });
    throw error;
  }
}

async function chat(
  api: Api,
  target: Target,
  input: ChatInput,
  context: HostContext,
  { clock, begun, tally }: { clock: Clock; begun: number; tally: Tally },
): Promise<ChatResult> {
  // A server may repeat what it was sent, the key as well.
  const redaction = redactionOf([target.secret]);
  const schema = input.schema ?? null;
  const messages = schema === null ? [...input.messages] : [instructions(schema), ...input.messages];
  const pictures = await picturesOf(input.messages, context);
  const image = ({ sha256 }: FileValue) => pictures.get(sha256) ?? { mime: '', data: '' };
  const { model, parameters = {}, tools } = input;
  const asked = { model, messages, parameters, image, ...(tools === undefined ? {} : { tools }) };
  for (let repairs = input.repairs ?? 0; ; repairs -= 1) {
    const shown = redaction.pieces();
    const request = schema === null ? asked : { ...asked, schema };
    const answer = await api.chat(target, request, context.signal, {
      text: (text) => context.write('token', shown.push(text)),
      usage: tally.soFar,
    });
    context.write('token', shown.end());
    const usage = tally.done(answer.usage ?? estimate(asked, wordsOf(answer)));
    const ms = clock.now() - begun;
    const { finishReason } = answer;
    const text = redaction.text(answer.text);
    const calls = answer.toolCalls?.map((one) => redaction.value(one) as ToolCall);
    const said = { text, ...(calls === undefined ? {} : { toolCalls: calls }) };
    const result = { ...said, usage, finishReason, model: redaction.text(answer.model), ms };
    if (schema === null || calls !== undefined) return result;
    const verdict: JsonVerdict = readJson(text, schema);
    if (verdict.ok) return { ...result, json: verdict.value };
    if (repairs === 0 || finishReason === 'length') throw unsatisfied(answer, verdict);
    context.write('log', `The answer was not as asked (${verdict.problem}); it is asked for again\n`);
    messages.push({ role: 'assistant', content: text || '(nothing)' });
    messages.push({ role: 'user', content: repairRequest(verdict.problem) });
  }
}

function unsatisfied({ finishReason }: ChatAnswer, verdict: Extract<JsonVerdict, { ok: false }>): HostFault {
  if (finishReason === 'length')
    return fault('answer_too_large', 'The answer was cut off before its end, at its limit of tokens');
  return fault(verdict.code, verdict.problem);
}

async function embed(
  api: Api,
  target: Target,
  { model, texts, dimensions }: EmbeddingsInput,
  { signal }: HostContext,
  clock: Clock,
): Promise<EmbeddingsResult> {
  const begun = clock.now();
  const { vectors, inputTokens, model: named } = await api.embed(target, { model, texts, dimensions }, signal);
  const usage = inputTokens === null ? estimateTexts(texts) : { inputTokens, outputTokens: 0 };
  return { vectors, usage, model: redactionOf([target.secret]).text(named), ms: clock.now() - begun };
}

/** The images of all messages, by hash. */
async function picturesOf(messages: readonly ChatMessage[], context: HostContext): Promise<Map<string, Picture>> {
  const pictures = new Map<string, Picture>();
  for (const { content } of messages)
    for (const part of typeof content === 'string' ? [] : content)
      if (part.type === 'image') pictures.set(part.image.sha256, await picture(part.image, context));
  return pictures;
}

async function picture(image: FileValue, context: HostContext): Promise<Picture> {
  if (!image.mime.startsWith('image/')) throw fault('images_not_taken', `${image.name} is not an image`);
  const content = await context.readFile(image, largestImage);
  return { mime: image.mime, data: content.toString('base64') };
}

const wordsOf = ({ text, toolCalls = [] }: ChatAnswer) =>
  text + toolCalls.map((called) => called.name + called.arguments).join('');

/** The tokens of several requests for one answer. */
interface Tally {
  /** What the request under way has used so far. */
  soFar(usage: TokenUsage): void;
  /** What the request used that is over; answers the sum. */
  done(usage: TokenUsage): TokenUsage;
  /** Null where nobody said anything. */
  total(): TokenUsage | null;
}

function createTally(): Tally {
  let before: TokenUsage | null = null;
  let now: TokenUsage | null = null;
  const total = () => (before === null || now === null ? (before ?? now) : sum(before, now));
  return {
    soFar: (usage) => {
      now = usage;
    },
    done(usage) {
      const all = sum(before ?? { inputTokens: 0, outputTokens: 0 }, usage);
      [before, now] = [all, null];
      return all;
    },
    total,
  };
}

function sum(one: TokenUsage, other: TokenUsage): TokenUsage {
  const estimated = one.estimated === true || other.estimated === true;
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    ...(estimated ? { estimated } : {}),
  };
}

/** A provider that is busy or has a fault is not asked again at once. */
function withWait(error: HostFault, attempt: number): HostFault {
  if (error.fault === 'job' || error.retryAfterMs !== null) return error;
  return new HostFault(error.code, error.message, 'node', usualWait(attempt));
}
