import { expect, test } from 'vitest';
import type { ChatInput, ChatMessage } from '../model/inference.ts';
import { type Answer, addText, answerOf, newFold } from './answer.ts';
import { chatBody, foldChatEvent, readEmbeddings, refusal, retryAfterMs } from './openai-wire.ts';
import { answerChat, jsonIn } from './structured.ts';

const input: ChatInput = { task: 'chat', model: 'm', messages: [{ role: 'user', content: 'Say hello' }] };
const answer = (text: string, more: Partial<Answer> = {}): Answer => ({
  text,
  usage: { inputTokens: 3, outputTokens: 2 },
  finishReason: 'stop',
  model: 'm',
  ...more,
});

test('F9: a stream folds into its text, its usage and why it ended', () => {
  const fold = newFold();
  const deltas = [
    '{"model":"m-1","choices":[{"delta":{"role":"assistant","content":"Hel"}}]}',
    '{"choices":[{"delta":{"content":"lo"}}]}',
    '{"choices":[{"delta":{},"finish_reason":"stop"}]}',
    '{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2}}',
    '[DONE]',
  ].map((data) => foldChatEvent(fold, data));
  for (const delta of deltas) addText(fold, delta);
  expect(deltas.join('')).toBe('Hello');
  expect(answerOf(fold, input)).toEqual({
    text: 'Hello',
    usage: { inputTokens: 7, outputTokens: 2 },
    finishReason: 'stop',
    model: 'm-1',
  });
});

test('J4: a stream that breaks off is not an answer; without usage it is estimated and said so', () => {
  const fold = newFold();
  addText(fold, foldChatEvent(fold, '{"choices":[{"delta":{"content":"Hel"}}]}'));
  expect(() => answerOf(fold, input)).toThrow(expect.objectContaining({ code: 'stream_broken', fault: 'node' }));
  foldChatEvent(fold, '[DONE]');
  expect(answerOf(fold, input).usage).toEqual({ inputTokens: 3, outputTokens: 1, estimated: true });
});

test.each([
  [429, '{"error":{"message":"slow down"}}', 'provider_rate_limited', 'node'],
  [429, '{"error":{"message":"You exceeded it","code":"insufficient_quota"}}', 'provider_quota_spent', 'job'],
  [400, '{"error":{"code":"context_length_exceeded","message":"too long"}}', 'context_too_long', 'job'],
  [400, '{"error":{"message":"the request exceeds the available context size"}}', 'context_too_long', 'job'],
  [404, '{"error":"model \\"x\\" not found, try pulling it first"}', 'model_missing', 'job'],
  [401, 'nothing to read', 'provider_refused_key', 'job'],
  [503, '<html>', 'provider_failed', 'node'],
  [400, '{"error":{"message":"top_p must be below 1"}}', 'provider_refused', 'job'],
])('J4: status %i with %s means %s, the fault of the %s', (status, body, code, fault) => {
  expect(refusal(status, body, 5)).toMatchObject({ code, fault });
});

test('J4: an error in the middle of a stream is told, and what is no event is refused', () => {
  expect(() => foldChatEvent(newFold(), '{"error":{"message":"out of memory"}}')).toThrow('out of memory');
  expect(() => foldChatEvent(newFold(), 'nonsense')).toThrow(expect.objectContaining({ code: 'answer_unreadable' }));
});

test('J4: Retry-After is read as seconds or as a date', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  expect(retryAfterMs('7', now)).toBe(7_000);
  expect(retryAfterMs('Thu, 01 Jan 2026 00:00:30 GMT', now)).toBe(30_000);
  expect(retryAfterMs('soon', now)).toBeNull();
  expect(retryAfterMs(null, now)).toBeNull();
});

test('what is sent has a schema where one is asked for, and no empty fields', () => {
  const body = chatBody({ ...input, parameters: { temperature: 0 }, schema: { type: 'object' } }, () => '');
  expect(body).toMatchObject({ model: 'm', stream: true, temperature: 0, stream_options: { include_usage: true } });
  expect(body['response_format']).toMatchObject({ type: 'json_schema', json_schema: { schema: { type: 'object' } } });
  expect(Object.keys(body)).not.toContain('top_p');
});

test('embeddings come in the order of their texts, and a wrong number of them is refused', () => {
  const text = '{"data":[{"index":1,"embedding":[2]},{"index":0,"embedding":[1]}]}';
  expect(readEmbeddings(text, 2).vectors).toEqual([[1], [2]]);
  expect(() => readEmbeddings(text, 3)).toThrow(expect.objectContaining({ code: 'answer_unreadable' }));
});

const schema = { type: 'object', properties: { total: { type: 'number' } }, required: ['total'] };

test('JSON that does not satisfy its schema is asked for again with the mistake, and all usage is counted', async () => {
  const asked: (readonly ChatMessage[])[] = [];
  const answers = ['no json here', '{"total":"12"}', 'Here it is: ```json\n{"total":12}\n```'];
  const result = await answerChat(
    async (messages) => {
      asked.push(messages);
      return answer(answers[asked.length - 1] ?? '');
    },
    { ...input, schema, repairs: 2 },
  );
  expect(result).toMatchObject({ json: { total: 12 }, usage: { inputTokens: 9, outputTokens: 6 } });
  expect(asked[2]?.at(-1)?.content).toContain('/total');
});

test.each([
  ['no json', 'output_not_json'],
  ['{"total":"12"}', 'schema_not_satisfied'],
])('without repairs left, %s is %s', async (text, code) => {
  await expect(answerChat(async () => answer(text), { ...input, schema })).rejects.toMatchObject({ code });
});

test('F10: an expression in a schema is not run', async () => {
  const hard = { type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } };
  const text = JSON.stringify({ a: `${'a'.repeat(40)}!` });
  await expect(answerChat(async () => answer(text), { ...input, schema: hard })).resolves.toMatchObject({ json: {} });
});

test('JSON is found alone, in a fence, or between words', () => {
  expect(jsonIn('[1]')).toEqual([1]);
  expect(jsonIn('so: {"a":1}.')).toEqual({ a: 1 });
  expect(jsonIn('nothing')).toBeUndefined();
});
