/** OpenAI's chat completions, embeddings and models. */
import { type Exchange, type ModelServer, sizeOf, usageOf } from './exchange.ts';

export async function openAiTurn(exchange: Exchange, server: ModelServer): Promise<void> {
  const { request } = exchange;
  if (server.key !== null && request.headers.authorization !== `Bearer ${server.key}`) {
    return exchange.json(401, {
      error: { message: 'Incorrect API key provided.', type: 'invalid_request_error', code: 'invalid_api_key' },
    });
  }
  if (request.path === '/v1/models') {
    return exchange.json(200, { object: 'list', data: server.models.map((id) => ({ id, object: 'model' })) });
  }
  const model = String(request.body['model']);
  if (!server.models.includes(model)) {
    const message = `The model \`${model}\` does not exist or you do not have access to it.`;
    return exchange.json(404, { error: { message, type: 'invalid_request_error', code: 'model_not_found' } });
  }
  if (sizeOf(exchange) > server.context) {
    const message = "This model's maximum context length is exceeded. Please reduce the length of the messages.";
    return exchange.json(400, { error: { message, type: 'invalid_request_error', code: 'context_length_exceeded' } });
  }
  if (request.path === '/v1/embeddings') return embeddings(exchange, server, model);
  if (request.path === '/v1/chat/completions') return chat(exchange, model);
  exchange.json(404, { error: { message: 'Unknown request URL' } });
}

function embeddings(exchange: Exchange, server: ModelServer, model: string): void {
  const texts = [exchange.request.body['input']].flat() as string[];
  const data = texts.map((text, index) => ({ object: 'embedding', index, embedding: server.vectorOf(text) }));
  // Not in the order of the texts, as servers that work in parallel may answer.
  exchange.json(200, { object: 'list', model, data: data.toReversed(), usage: { prompt_tokens: texts.length * 3 } });
}

async function chat(exchange: Exchange, model: string): Promise<void> {
  const { response, turn, request } = exchange;
  const { input, output } = usageOf(exchange);
  const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
  const called = turn.calls ?? [];
  const finish_reason = turn.finish ?? (called.length > 0 ? 'tool_calls' : 'stop');
  if (request.body['stream'] !== true) {
    const content = (turn.pieces ?? ['Hello from the model.']).join('');
    return exchange.json(200, {
      model,
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason }],
      usage,
    });
  }
  const event = (value: object) =>
    `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model, ...value })}\n\n`;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(event({ choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] }));
  const whole = await exchange.stream((piece) =>
    event({ choices: [{ index: 0, delta: { content: piece }, finish_reason: null }] }),
  );
  if (!whole) return;
  for (const [index, { id = `call_${index}`, name, arguments: words }] of called.entries()) {
    const half = Math.ceil(words.length / 2);
    const delta = (call: object) =>
      event({ choices: [{ index: 0, delta: { tool_calls: [call] }, finish_reason: null }] });
    response.write(delta({ index, id, type: 'function', function: { name, arguments: words.slice(0, half) } }));
    response.write(delta({ index, function: { arguments: words.slice(half) } }));
  }
  response.write(event({ choices: [{ index: 0, delta: {}, finish_reason }] }));
  if (turn.withoutUsage !== true) response.write(event({ choices: [], usage }));
  response.end('data: [DONE]\n\n');
}
