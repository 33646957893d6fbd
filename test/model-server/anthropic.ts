/** Anthropic's messages and models. */
import { type Exchange, type ModelServer, sizeOf, usageOf } from './exchange.ts';

export async function anthropicTurn(exchange: Exchange, server: ModelServer): Promise<void> {
  const { request } = exchange;
  const refuse = (status: number, type: string, message: string) =>
    exchange.json(status, { type: 'error', error: { type, message } });
  if (server.key !== null && request.headers['x-api-key'] !== server.key) {
    return refuse(401, 'authentication_error', 'invalid x-api-key');
  }
  if (request.path === '/v1/models') {
    const data = server.models.map((id) => ({ type: 'model', id, display_name: id.toUpperCase() }));
    return exchange.json(200, { data, has_more: false });
  }
  const model = String(request.body['model']);
  if (request.path !== '/v1/messages') return refuse(404, 'not_found_error', 'Not found');
  if (!server.models.includes(model)) return refuse(404, 'not_found_error', `model: ${model}`);
  if (sizeOf(exchange) > server.context) {
    return refuse(400, 'invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum');
  }
  if (!Number.isInteger(request.body['max_tokens'])) {
    return refuse(400, 'invalid_request_error', 'max_tokens: Field required');
  }
  await messages(exchange, model);
}

async function messages(exchange: Exchange, model: string): Promise<void> {
  const { response, turn, request } = exchange;
  const { input, output } = usageOf(exchange);
  const isTool = request.body['tool_choice'] !== undefined;
  const event = (type: string, value: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...value })}\n\n`;
  const usage = turn.withoutUsage === true ? {} : { usage: { input_tokens: input, output_tokens: 1 } };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(event('message_start', { message: { id: 'msg_1', role: 'assistant', model, content: [], ...usage } }));
  const block = isTool ? { type: 'tool_use', id: 'toolu_1', name: 'answer', input: {} } : { type: 'text', text: '' };
  response.write(event('content_block_start', { index: 0, content_block: block }));
  response.write(event('ping', {}));
  const whole = await exchange.stream((piece) =>
    event('content_block_delta', {
      index: 0,
      delta: isTool ? { type: 'input_json_delta', partial_json: piece } : { type: 'text_delta', text: piece },
    }),
  );
  if (!whole) return;
  response.write(event('content_block_stop', { index: 0 }));
  const called = turn.calls ?? [];
  for (const [at, { id = `toolu_${at}`, name, arguments: words }] of called.entries()) {
    const index = at + 1;
    const half = Math.ceil(words.length / 2);
    const piece = (partial_json: string) =>
      event('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json } });
    response.write(event('content_block_start', { index, content_block: { type: 'tool_use', id, name, input: {} } }));
    response.write(piece(words.slice(0, half)) + piece(words.slice(half)));
    response.write(event('content_block_stop', { index }));
  }
  const usesTool = isTool || called.length > 0;
  const stop_reason = turn.finish === 'length' ? 'max_tokens' : usesTool ? 'tool_use' : 'end_turn';
  const spent = turn.withoutUsage === true ? {} : { usage: { output_tokens: output } };
  response.write(event('message_delta', { delta: { stop_reason, stop_sequence: null }, ...spent }));
  response.end(event('message_stop', {}));
}
