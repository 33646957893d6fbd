import type { Frame, Page, Request as PageRequest, Route, WebSocketRoute } from 'playwright-core';
import { WebSocket } from 'ws';
import { toApp } from './addresses.ts';
import { schemes } from './session.ts';

/** Asked before a main frame goes to a page; false keeps it where it is. `isWindow` is false for a page that the window opened. */
export type MayNavigate = (url: string, isWindow: boolean) => boolean;

/**
 * Everything a page asks for passes here: pages of custom schemes are answered by main, navigations are judged, and what goes to
 * a host is sent with the origin that a window of Electron has.
 */
export async function routeTraffic(page: Page, mayNavigate: MayNavigate): Promise<void> {
  const context = page.context();
  await context.route('**/*', (route, request) => handle(route, request, page, mayNavigate));
  await context.routeWebSocket(/.*/, relaySocket);
}

async function handle(route: Route, request: PageRequest, window: Page, mayNavigate: MayNavigate): Promise<void> {
  const url = toApp(request.url());
  const frame = frameOf(request);
  const isPage = request.isNavigationRequest() && (frame === null || frame.parentFrame() === null);
  if (isPage && !mayNavigate(url, frame?.page() === window)) return route.abort('aborted');
  const answer = schemes.get(new URL(url).protocol.slice(0, -1));
  return answer === undefined ? relay(route, request) : answerFromMain(route, request, url, answer);
}

/** null for the first request of a page that is only being made. */
function frameOf(request: PageRequest): Frame | null {
  try {
    return request.frame();
  } catch {
    return null;
  }
}

async function answerFromMain(
  route: Route,
  request: PageRequest,
  url: string,
  answer: (request: Request) => Promise<Response>,
): Promise<void> {
  const response = await answer(new Request(url, { method: request.method() }));
  await route.fulfill({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  });
}

/** Sends a request to a host as the window would: with `Origin: app://…`; and gives its CORS answer the name the page has here. */
async function relay(route: Route, request: PageRequest): Promise<void> {
  const headers = await request.allHeaders();
  const { origin } = headers;
  if (origin === undefined) return route.continue();
  const response = await route.fetch({ headers: { ...headers, origin: toApp(origin) } }).catch(() => null);
  // The host is away, or the page is gone.
  if (response === null) return route.abort('connectionrefused').catch(() => undefined);
  const answered = { ...response.headers() };
  if (answered['access-control-allow-origin'] === toApp(origin)) answered['access-control-allow-origin'] = origin;
  await route.fulfill({ response, headers: answered }).catch(() => undefined);
}

const windowOrigin = 'app://otherthing';

/** Chromium sends the page's https origin with a socket and lets nobody change it, so the socket is opened from here. */
function relaySocket(page: WebSocketRoute): void {
  const host = new WebSocket(page.url(), { origin: windowOrigin, perMessageDeflate: false });
  const waiting: (string | Buffer)[] = [];
  page.onMessage((data) => {
    if (host.readyState === WebSocket.OPEN) host.send(data);
    else waiting.push(data);
  });
  page.onClose((code, reason) => host.close(code === 1005 ? undefined : code, reason));
  host.on('open', () => {
    for (const data of waiting.splice(0)) host.send(data);
  });
  host.on('message', (data: Buffer, isBinary) => page.send(isBinary ? data : data.toString()));
  host.on(
    'close',
    (code, reason) => void page.close({ code: closeCode(code), reason: reason.toString() }).catch(() => undefined),
  );
  host.on('error', () => undefined);
}

/** 1005 and 1006 stand for "none" and "lost", and may not be sent. */
function closeCode(code: number): number {
  return code === 1005 ? 1000 : code === 1006 ? 4000 : code;
}
