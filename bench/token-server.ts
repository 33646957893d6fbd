/** A server of models that writes numbered words at an even pace, and notes when each left it. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TokenServer {
  /** Origin; OpenAI's API is below `/v1`. */
  url: string;
  /** How many answers it has begun: words are `a<answer>w<word>.` */
  answers: number;
  /** When each word of the last answer was written, in milliseconds since the Unix epoch. */
  written: number[];
  stop(): Promise<void>;
}

export const tokenModel = 'words';

export async function startTokenServer(tokens: number, everyMs: number): Promise<TokenServer> {
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === '/v1/chat/completions') return answer(response);
    const isList = request.url === '/v1/models';
    response.writeHead(isList ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isList ? { object: 'list', data: [{ id: tokenModel, object: 'model' }] } : {}));
  });
  const answer = (response: ServerResponse) => {
    const { written } = self;
    written.length = 0;
    self.answers += 1;
    const answer = self.answers;
    const event = (value: object) => response.write(`data: ${JSON.stringify({ model: tokenModel, ...value })}\n\n`);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const timer = setInterval(() => {
      if (written.length === tokens) {
        clearInterval(timer);
        event({
          choices: [{ delta: {}, finish_reason: 'stop' }],
          usage: { prompt_tokens: 1, completion_tokens: tokens },
        });
        response.end('data: [DONE]\n\n');
        return;
      }
      written.push(Date.now());
      event({ choices: [{ delta: { content: ` a${answer}w${written.length - 1}.` }, finish_reason: null }] });
    }, everyMs);
    response.on('close', () => clearInterval(timer));
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const self: TokenServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers: 0,
    written: [],
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return self;
}
