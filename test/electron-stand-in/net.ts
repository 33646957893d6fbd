import { EventEmitter } from 'node:events';
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';

/** `host:port` of what stands for github.com; without it there is no network. */
const github = process.env['STANDIN_GITHUB'];

interface NetOptions {
  hostname?: string | null;
  path?: string | null;
  method?: string;
  headers?: Record<string, string>;
}

/** `net.request` with `redirect: 'manual'`: a redirect is told, and followed only by whoever asked. */
class NetRequest extends EventEmitter {
  private readonly request: ClientRequest;

  constructor({ hostname, path, method = 'GET', headers = {} }: NetOptions) {
    super();
    const reachable = hostname === 'github.com' && github !== undefined;
    const target = new URL(path ?? '/', `http://${reachable ? github : '127.0.0.1:1'}`);
    this.request = requestHttp(target, { method, headers });
    this.request.on('response', (response) => this.answered(response, method));
    this.request.on('error', (error) => this.emit('error', error));
    this.request.on('close', () => this.emit('close'));
  }

  private answered(response: IncomingMessage, method: string): void {
    const { statusCode = 0, headers } = response;
    if (statusCode < 300 || statusCode > 399 || headers.location === undefined) this.emit('response', response);
    else {
      response.resume();
      this.emit('redirect', statusCode, method, new URL(headers.location, 'https://github.com').href, {});
    }
  }

  setHeader = (name: string, value: string): void => void this.request.setHeader(name, value);
  write = (data: Buffer | string): boolean => this.request.write(data);
  end = (data?: Buffer | string): void => void this.request.end(data);
  abort = (): void => void this.request.destroy();
}

export const net = { request: (options: NetOptions) => new NetRequest(options) };
