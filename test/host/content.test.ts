/** Files, blobs of attempts, and the interface: content in and out over HTTP. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../harness/host.ts';
import { addPerson, inlineFlow, startTestHost, type TestHost } from './support.ts';

let host: TestHost;
let workspaceId: string;
const ui = temporaryFolder('ui');
beforeAll(async () => {
  mkdirSync(join(ui.path, 'assets'));
  writeFileSync(join(ui.path, 'index.html'), '<!doctype html><title>OtherThing</title>');
  writeFileSync(join(ui.path, 'assets', 'index-abc123.js'), 'export {};');
  host = await startTestHost({ staticDir: ui.path });
  workspaceId = (await host.owner.call('listWorkspaces', {})).items[0]?.id ?? '';
});
afterAll(async () => {
  await host.stop();
  host.remove();
  ui.remove();
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(host.url + path, { headers });
const bearer = () => ({ authorization: `Bearer ${host.adminToken}` });
const upload = (name: string, body: BodyInit, mime = 'application/octet-stream') =>
  host.owner.upload(workspaceId, name, body, mime);

describe('files', () => {
  test('data.md: what goes in comes out, whole and in ranges', async () => {
    const content = randomBytes(300_000);
    const file = await upload('data.bin', content);
    expect(file).toMatchObject({
      size: 300_000,
      mime: 'application/octet-stream',
      sha256: createHash('sha256').update(content).digest('hex'),
    });
    const whole = await get(`/api/v1/files/${file.fileId}/content`, bearer());
    expect(Buffer.from(await whole.arrayBuffer()).equals(content)).toBe(true);
    const part = await get(`/api/v1/files/${file.fileId}/content`, { ...bearer(), range: 'bytes=1000-1999' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 1000-1999/300000']);
    expect(Buffer.from(await part.arrayBuffer()).equals(content.subarray(1000, 2000))).toBe(true);
    const beyond = await get(`/api/v1/files/${file.fileId}/content`, { ...bearer(), range: 'bytes=300000-' });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */300000']);
    const known = await get(`/api/v1/files/${file.fileId}/content`, {
      ...bearer(),
      'if-none-match': `"${file.sha256}"`,
    });
    expect(known.status).toBe(304);
  });

  test('S10: content never runs: the type comes from the name, what could hold a script is not shown, nothing is guessed', async () => {
    const page = await upload('evil.html', '<script>alert(1)</script>', 'image/png');
    const answer = await get(`/api/v1/files/${page.fileId}/content`, bearer());
    expect(page.mime).toBe('text/html');
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; /);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    const image = await upload('a.png', 'x');
    expect((await get(`/api/v1/files/${image.fileId}/content`, bearer())).headers.get('content-disposition')).toMatch(
      /^inline; /,
    );
  });

  test('data.md: a ticket opens one download, without a header', async () => {
    const file = await upload('a.txt', 'hello');
    const { ticket } = await host.owner.call('createTicket', {});
    const path = `/api/v1/files/${file.fileId}/content?ticket=${ticket}`;
    expect(await (await get(path)).text()).toBe('hello');
    expect(await (await get(path)).json()).toMatchObject({ code: 'ticket_spent' });
  });

  test('a name keeps no folder', async () => {
    expect((await upload('../../etc/passwd', 'x')).name).toBe('passwd');
  });

  test('an upload that breaks off leaves no file', async () => {
    const before = (await host.owner.call('listFiles', { params: { id: workspaceId }, query: { limit: 500 } })).items
      .length;
    const abort = new AbortController();
    const endless = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(1024));
        abort.abort();
      },
    });
    const sent = fetch(`${host.url}/api/v1/workspaces/${workspaceId}/files?name=half`, {
      method: 'POST',
      headers: bearer(),
      body: endless,
      signal: abort.signal,
      duplex: 'half',
    } as RequestInit);
    await expect(sent).rejects.toThrow();
    expect(
      (await host.owner.call('listFiles', { params: { id: workspaceId }, query: { limit: 500 } })).items,
    ).toHaveLength(before);
  });

  test('lists of files go page by page', async () => {
    for (let at = 0; at < 5; at++) await upload(`page-${at}.txt`, String(at));
    const first = await host.owner.call('listFiles', { params: { id: workspaceId }, query: { limit: 2 } });
    const second = await host.owner.call('listFiles', {
      params: { id: workspaceId },
      query: { limit: 2, cursor: first.next ?? '' },
    });
    expect([...first.items, ...second.items].map((file) => file.name)).toEqual([
      'page-4.txt',
      'page-3.txt',
      'page-2.txt',
      'page-1.txt',
    ]);
  });
});

describe('workspaces', () => {
  test('a deleted workspace takes its flows, runs and files along; nothing of it answers any more', async () => {
    const { id } = await host.owner.call('createWorkspace', { body: { name: 'To go' } });
    const flow = await host.owner.call('createFlow', { params: { id }, body: { file: inlineFlow() } });
    const run = await host.owner.call('startRun', { params: { id: flow.id }, body: {} });
    const file = await host.owner.upload(id, 'a.txt', 'x', 'text/plain');
    await host.owner.call('deleteWorkspace', { params: { id } });
    const asked = [`/workspaces/${id}`, `/flows/${flow.id}`, `/runs/${run.id}`, `/files/${file.fileId}/content`];
    const statuses = await Promise.all(asked.map(async (path) => (await get(`/api/v1${path}`, bearer())).status));
    expect(statuses).toEqual([404, 404, 404, 404]);
    expect((await host.owner.call('listWorkspaces', {})).items.map((one) => one.id)).not.toContain(id);
  });

  test('data.md: a new person is let in by their link, and sees what their role allows', async () => {
    const vi = await addPerson(host, host.owner, workspaceId, 'vi', 'viewer');
    expect((await vi.client.call('listWorkspaces', {})).items).toMatchObject([{ id: workspaceId, role: 'viewer' }]);
    expect((await vi.client.call('me', {})).user).toMatchObject({ name: 'vi', hostAdmin: false });
  });
});

describe('the interface', () => {
  test('pages inside it answer with the page; hashed files are kept for ever, the page is asked for anew', async () => {
    for (const path of ['/', '/w/ws-1/flows', '/sign-in']) {
      const page = await get(path, { accept: 'text/html' });
      expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-cache']);
      expect(await page.text()).toContain('OtherThing');
    }
    const script = await get('/assets/index-abc123.js');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await get('/assets/gone-123.js', { accept: 'text/html' })).status).toBe(404);
    expect((await get('/api/v1/nothing', { accept: 'text/html' })).status).toBe(404);
  });

  test('issue 3: the content security policy allows no inline script, and sockets to this host only', async () => {
    const policy = (await get('/', { accept: 'text/html' })).headers.get('content-security-policy') ?? '';
    const directives = new Map(
      policy.split(';').map((part) => [part.trim().split(' ')[0], part.trim().split(' ').slice(1)]),
    );
    expect(directives.get('script-src')).toEqual(["'self'"]);
    expect(directives.get('connect-src')).toEqual([
      "'self'",
      host.url.replace('http', 'ws'),
      host.url.replace('http', 'wss'),
    ]);
    expect(directives.get('frame-ancestors')).toEqual(["'none'"]);
    expect(directives.get('object-src')).toEqual(["'none'"]);
    const headers = (await get('/', { accept: 'text/html' })).headers;
    expect([headers.get('x-content-type-options'), headers.get('referrer-policy')]).toEqual(['nosniff', 'no-referrer']);
  });

  test('S10: nothing outside its folder is served', async () => {
    for (const path of ['/..%2f..%2f..%2fetc%2fpasswd', '/assets/..%2f..%2fpackage.json', '/.env']) {
      expect((await get(path)).status).toBe(404);
    }
  });
});
