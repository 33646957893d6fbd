import type { Page } from 'playwright-core';
import * as tidemark from './tidemark.ts';

/** Which host stands in: full as in the design, with nothing in it, not answering, or one that knows nobody. */
export type HostKind = 'full' | 'empty' | 'away' | 'signed-out';

type Answer = { status: number; body: unknown } | null;
const ok = (body: unknown, status = 200): Answer => ({ status, body });

/** The answers of a host to what the pages ask, from the fixtures. */
function answer(kind: HostKind, method: string, path: string, query: URLSearchParams): Answer {
  const full = kind === 'full';
  if (path === '/tickets') return ok({ ticket: 'sample-ticket', expiresAt: tidemark.now + 30_000 }, 201);
  if (path === '/me') return ok(tidemark.me);
  if (path === '/workspaces') return ok({ items: [tidemark.workspace] });
  if (path === '/samples') return ok({ items: tidemark.samples });
  if (path === '/sessions')
    return ok({
      items: [
        {
          id: 'ses-1',
          userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140',
          createdAt: tidemark.now - 1000,
          lastUsedAt: tidemark.now,
          current: true,
        },
      ],
    });
  if (path === '/this-node') return ok({ node: tidemark.nodes[0], share_key: 'SAMP1E00' });
  if (path.endsWith('/flows') && method === 'GET') return ok({ items: full ? tidemark.flows : [], next: null });
  if (path.endsWith('/nodes'))
    return ok({ items: full ? [...tidemark.nodes, ...(query.has('waiting') ? [tidemark.waitingNode] : [])] : [] });
  if (path.endsWith('/runs')) {
    const state = query.get('state');
    return ok({ items: full ? tidemark.runs.filter((run) => state === null || run.state === state) : [], next: null });
  }
  const run = /^\/runs\/run-(\d+)(.*)$/.exec(path);
  if (run !== null && run[1] === '214') {
    if (run[2] === '') return ok(tidemark.runDetail);
    if (run[2] === '/steps') return ok({ items: tidemark.runItems, next: null });
    const stepId = run[2]?.split('/')[2] ?? '';
    const path214 = query.get('path') ?? '';
    if (path214 === tidemark.triedStep.instance.path) return ok(tidemark.triedStep);
    const instance = [...tidemark.runDetail.steps, ...tidemark.runItems].find(
      (one) => one.stepId === stepId && one.path === path214,
    );
    return instance === undefined ? null : ok({ ...tidemark.triedStep, instance, attempts: [] });
  }
  if (run !== null && run[1] === '215') {
    if (run[2] === '') return ok(tidemark.goingDetail);
    if (run[2] === '/steps') return ok({ items: tidemark.goingItems, next: null });
  }
  if (path.endsWith('/output'))
    return ok({
      chunks: [{ attempt: 1, seq: 0, stream: 'log', text: 'Looks for text\n', at: tidemark.now }],
      cut: false,
    });
  return null;
}

const receiptPicture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 140"><rect width="96" height="140" fill="#fbfaf5"/><g font-family="monospace" font-size="6" fill="#333" style="white-space:pre">${['  KAFFEHUSET NORD', '  Kaj 4  09.03.26', '', '2 Filter     7.00', '1 Kanelbulle 3.40', '1 Sandwich   8.90', '1 Vand       2.50', '-----------------', 'Total EUR   21.80', '', '  Tak for i dag'].map((line, index) => `<text x="8" y="${16 + index * 10}">${line}</text>`).join('')}</g></svg>`;

/** Lays the stand-in under a page: REST and the live socket. Nothing of it is in the pages themselves. */
export async function standIn(page: Page, kind: HostKind): Promise<void> {
  await page.route('**/api/v1/**', async (route) => {
    if (kind === 'away') return route.abort('connectionrefused');
    const url = new URL(route.request().url());
    const path = url.pathname.replace('/api/v1', '');
    if (path.endsWith('/content')) return route.fulfill({ contentType: 'image/svg+xml', body: receiptPicture });
    if (kind === 'signed-out') {
      const problem = {
        type: 'urn:otherthing:error:not_signed_in',
        title: 'You are not signed in',
        status: 401,
        code: 'not_signed_in',
      };
      return route.fulfill({ status: 401, contentType: 'application/problem+json', body: JSON.stringify(problem) });
    }
    const found = answer(kind, route.request().method(), path, url.searchParams);
    if (found === null)
      return route.fulfill({
        status: 404,
        json: {
          type: 'urn:otherthing:error:not_found',
          title: 'There is nothing here',
          status: 404,
          code: 'not_found',
        },
      });
    return route.fulfill({ status: found.status, json: found.body, headers: { 'x-live-position': 'sample.1' } });
  });
  await page.routeWebSocket(/\/ws\/live/, (socket) => {
    socket.send(JSON.stringify({ type: 'hello', hostId: 'host-01', version: '0.1.0', epoch: 'sample' }));
    socket.onMessage((text) => {
      const message = JSON.parse(String(text)) as { type: string; topic?: string };
      if (message.type === 'subscribe')
        socket.send(
          JSON.stringify({ type: 'subscribed', topic: message.topic, position: { epoch: 'sample', seq: 1 } }),
        );
      if (message.type === 'ping') socket.send(JSON.stringify({ type: 'pong' }));
    });
  });
}
