/** Ollama's own API: chat, embeddings, what is there and what is loaded. */
import { setTimeout } from 'node:timers/promises';
import { type Exchange, type ModelServer, sizeOf, usageOf } from './exchange.ts';

export async function ollamaTurn(exchange: Exchange, server: ModelServer): Promise<void> {
  const { request } = exchange;
  const known = (name: string) => ({ name, model: name, size: 5_000_000, details: { family: 'tiny' } });
  if (request.path === '/api/version') return exchange.json(200, { version: '0.0.0-test' });
  if (request.path === '/api/tags') return exchange.json(200, { models: server.models.map(known) });
  if (request.path === '/api/ps') return exchange.json(200, { models: server.models.slice(0, 1).map(known) });
  const model = String(request.body['model'] ?? request.body['name']);
  if (request.path === '/api/pull') return pull(exchange, server, model);
  if (!server.models.includes(model)) return exchange.json(404, { error: `model '${model}' not found` });
  if (request.path === '/api/delete') {
    server.models.splice(server.models.indexOf(model), 1);
    return exchange.json(200, {});
  }
  if (request.path === '/api/show') {
    const capabilities = model.includes('embed') ? ['embedding'] : ['completion'];
    return exchange.json(200, {
      capabilities,
      model_info: { 'general.architecture': 'tiny', 'tiny.context_length': 4096 },
    });
  }
  if (sizeOf(exchange) > server.context) {
    return exchange.json(400, { error: 'the input length exceeds the context length' });
  }
  if (request.path === '/api/embed') {
    const texts = [request.body['input']].flat() as string[];
    const embeddings = texts.map((text) => server.vectorOf(text));
    return exchange.json(200, { model, embeddings, prompt_eval_count: texts.length * 3 });
  }
  if (request.path === '/api/chat') return chat(exchange, model);
  exchange.json(404, { error: 'not found' });
}

/** In a hundred parts, with a pause between them where the server has one; the model is there when all of it came. */
async function pull({ response }: Exchange, server: ModelServer, model: string): Promise<void> {
  const write = (line: object) => response.write(`${JSON.stringify(line)}\n`);
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  for (let completed = 1; completed <= 100 && !response.destroyed; completed += 1) {
    write({ status: 'pulling 8f2a', completed: completed * 42_000_000, total: 4_200_000_000 });
    if (server.pullMs > 0) await setTimeout(server.pullMs);
  }
  if (response.destroyed) return;
  server.models.push(model);
  write({ status: 'success' });
  response.end();
}

async function chat(exchange: Exchange, model: string): Promise<void> {
  const { response, turn, request } = exchange;
  const { input, output } = usageOf(exchange);
  const counts = turn.withoutUsage === true ? {} : { prompt_eval_count: input, eval_count: output };
  const last = { model, done: true, done_reason: turn.finish ?? 'stop', ...counts };
  const message = (content: string) => ({ role: 'assistant', content });
  if (request.body['stream'] === false) {
    const content = (turn.pieces ?? ['Hello from the model.']).join('');
    return exchange.json(200, { ...last, message: message(content) });
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const whole = await exchange.stream(
    (piece) => `${JSON.stringify({ model, message: message(piece), done: false })}\n`,
  );
  if (!whole) return;
  for (const { name, arguments: words } of turn.calls ?? []) {
    const tool_calls = [{ function: { name, arguments: JSON.parse(words) as unknown } }];
    response.write(`${JSON.stringify({ model, message: { ...message(''), tool_calls }, done: false })}\n`);
  }
  response.end(`${JSON.stringify({ ...last, message: message('') })}\n`);
}
