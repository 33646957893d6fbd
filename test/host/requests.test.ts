/** Bad input of every kind gets a clear problem+json with a code, and nothing else stops (S10, issue 3). */
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { RouteContract } from '../../src/shared/api/route.ts';
import { routes } from '../../src/shared/api/routes.ts';
import { errorCatalogue } from '../../src/shared/errors.ts';
import { inlineFlow, startTestHost, type TestHost } from './support.ts';

let host: TestHost;
let workspaceId: string;
let flowId: string;
beforeAll(async () => {
  host = await startTestHost();
  workspaceId = (await host.owner.call('listWorkspaces', {})).items[0]?.id ?? '';
  flowId = (await host.owner.call('createFlow', { params: { id: workspaceId }, body: { file: inlineFlow() } })).id;
});
afterAll(async () => {
  await host.stop();
  host.remove();
});

const ask = async (method: string, path: string, body?: string | Uint8Array, headers: Record<string, string> = {}) => {
  const response = await fetch(`${host.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${host.adminToken}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: body as BodyInit }),
  });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  const problem = type.startsWith('application/problem+json')
    ? (JSON.parse(text) as { code: string; status: number; errors?: { path: string }[] })
    : null;
  return { status: response.status, headers: response.headers, text, problem };
};

const flows = () => `/api/v1/workspaces/${workspaceId}/flows`;

describe('bad requests', () => {
  test.each([
    ['malformed JSON', '{"name":', 400, 'malformed_json'],
    ['an empty body with a type', '', 400, 'malformed_json'],
    ['a field of another type', '{"name":7}', 400, 'bad_request'],
    ['an array', '[]', 400, 'bad_request'],
    ['null', 'null', 400, 'bad_request'],
    ['a poisoned prototype', '{"__proto__":{"name":"x"}}', 400, 'malformed_json'],
    ['a name that is too long', JSON.stringify({ name: 'x'.repeat(121) }), 400, 'bad_request'],
  ])('S10: %s', async (_name, body, status, code) => {
    expect(await ask('POST', flows(), body)).toMatchObject({ status, problem: { code, status } });
  });

  test('S10: a body without a type, or of another one', async () => {
    expect(await ask('POST', flows(), '{}', { 'content-type': 'text/html' })).toMatchObject({
      status: 415,
      problem: { code: 'unsupported_media_type' },
    });
  });

  test('S10: a body that is too large', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(5 * 1024 * 1024) });
    expect(await ask('POST', flows(), body)).toMatchObject({ status: 413, problem: { code: 'body_too_large' } });
  });

  test('each mistake is named with its place', async () => {
    const file = {
      ...inlineFlow(),
      steps: [{ id: 'A', type: 'input', name: '', position: { x: 'a', y: 0 }, config: {} }],
    };
    const { problem } = await ask('POST', flows(), JSON.stringify({ file }));
    expect(problem?.code).toBe('bad_request');
    expect(problem?.errors?.map((error) => error.path)).toEqual(
      expect.arrayContaining(['/file/steps/0/id', '/file/steps/0/name', '/file/steps/0/position/x']),
    );
  });

  test('data.md: a flow file of another schema is told apart', async () => {
    const body = JSON.stringify({ file: { ...inlineFlow(), schema: 'otherthing.flow/99' } });
    expect(await ask('POST', flows(), body)).toMatchObject({ status: 422, problem: { code: 'flow_schema_unknown' } });
  });

  test.each([
    [
      'of an unknown type',
      'step_type_unknown',
      { ...inlineFlow(), steps: [{ ...inlineFlow().steps[0], type: 'teleport' }], edges: [] },
    ],
    [
      'in a circle',
      'flow_cyclic',
      {
        ...inlineFlow(),
        steps: ['a', 'b'].map((id) => ({
          id,
          type: 'transform',
          name: id,
          position: { x: 0, y: 0 },
          config: { operations: [] },
        })),
        edges: [
          { id: '1', from: { step: 'a', port: 'value' }, to: { step: 'b', port: 'value' } },
          { id: '2', from: { step: 'b', port: 'value' }, to: { step: 'a', port: 'value' } },
        ],
      },
    ],
  ])('issue 3: a step %s', async (_name, code, file) => {
    const answer = await ask('POST', `/api/v1/workspaces/${workspaceId}/runs`, JSON.stringify({ file }));
    expect(answer).toMatchObject({ status: 422, problem: { code } });
    expect(answer.problem?.errors?.length).toBeGreaterThan(0);
  });

  test('RFC 9110: an address that is not there, and a method that it does not take', async () => {
    expect(await ask('GET', '/api/v1/nothing')).toMatchObject({ status: 404, problem: { code: 'not_found' } });
    const wrong = await ask('DELETE', '/api/v1/workspaces');
    expect(wrong).toMatchObject({ status: 405, problem: { code: 'method_not_allowed' } });
    expect(wrong.headers.get('allow')).toBe('GET, POST');
  });

  test('a query that is none', async () => {
    expect(await ask('GET', `${flows()}?limit=none`)).toMatchObject({ status: 400, problem: { code: 'bad_request' } });
    expect(await ask('GET', `${flows()}?limit=100000`)).toMatchObject({
      status: 400,
      problem: { code: 'bad_request' },
    });
    expect(await ask('GET', `${flows()}?limit=1`)).toMatchObject({ status: 200 });
  });

  test.each([
    '/api/v1/%',
    '/%ff',
    '/api/v1/flows/%2e%2e%2f',
    `/api/v1/flows/${'x'.repeat(400)}`,
    '/..%2f..%2fetc/passwd',
  ])('S10: the address %s', async (path) => {
    const { status, problem } = await ask('GET', path);
    expect([400, 404]).toContain(status);
    expect(problem?.code).toMatch(/^(bad_request|not_found)$/);
  });

  test('bytes that are no HTTP end that connection only', async () => {
    const { port } = new URL(host.url);
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(Buffer.from([0, 255, 13, 10, 13, 10])));
    await new Promise((resolve) =>
      socket
        .on('close', resolve)
        .on('data', () => undefined)
        .on('error', () => undefined),
    );
    expect((await ask('GET', '/readyz')).status).toBe(200);
  });
});

describe('anything at all', () => {
  /** Routes that take a body and change nothing that others here need. */
  const targets = (Object.values(routes) as RouteContract[]).filter(
    ({ method, raw, name }) => method !== 'GET' && method !== 'DELETE' && !raw && name !== 'signOut',
  );
  const pathOf = (contract: RouteContract, id: string) =>
    `/api/v1${contract.path.replace(/:[a-zA-Z0-9]+/g, encodeURIComponent(id))}`;

  test('S10: every body of every route is answered with what the contract says or a problem of the catalogue, never 500', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...targets),
        fc.oneof(fc.constant(''), fc.string(), fc.json(), fc.constant('x'), fc.uint8Array({ maxLength: 200 })),
        fc.oneof(fc.string({ minLength: 1, maxLength: 40 }), fc.constantFrom('ws-1', 'flow-1')),
        async (contract, body, id) => {
          const wellFormed = /^[\x21-\x7e]+$/.test(id) && !/^\.+$/.test(id) ? id : 'id';
          const { status, problem } = await ask(contract.method, pathOf(contract, wellFormed), body);
          if (status < 300) return;
          expect(problem, `${contract.name} answered ${status}`).not.toBeNull();
          expect(Object.keys(errorCatalogue)).toContain(problem?.code);
          expect(problem?.code).not.toBe('internal');
          expect(problem?.status).toBe(status);
        },
      ),
      { numRuns: 300 },
    );
    expect((await ask('GET', '/readyz')).status).toBe(200);
  });

  test('S10: any frames on any socket leave the host as it was', async () => {
    const frame = fc.oneof(fc.string(), fc.json(), fc.uint8Array({ maxLength: 300 }));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('node', 'live', 'flow'),
        fc.array(frame, { minLength: 1, maxLength: 8 }),
        async (kind, frames) => {
          const { ticket } = await host.owner.call('createTicket', {});
          const path = { node: '/ws/node', live: `/ws/live?ticket=${ticket}`, flow: `/ws/flows/${flowId}` }[kind];
          const socket = new WebSocket(host.url.replace('http', 'ws') + path);
          socket.on('error', () => undefined);
          await new Promise((resolve) => socket.on('open', resolve).on('close', resolve));
          for (const one of frames) if (socket.readyState === socket.OPEN) socket.send(one as string);
          socket.close();
          await new Promise((resolve) =>
            socket.readyState === socket.CLOSED ? resolve(null) : socket.on('close', resolve),
          );
        },
      ),
      { numRuns: 60 },
    );
    expect((await host.owner.call('getFlow', { params: { id: flowId } })).file.steps).toHaveLength(2);
  });

  test('S10: a frame that is too large ends its socket with 1009', async () => {
    const socket = new WebSocket(`${host.url.replace('http', 'ws')}/ws/node`);
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.on('open', resolve));
    const closed = new Promise<number>((resolve) => socket.on('close', resolve));
    socket.send('x'.repeat(1024 * 1024 + 1));
    expect(await closed).toBe(1009);
  });
});

describe('answers', () => {
  test('data.md: every GET of a workspace says at which live position it was true', async () => {
    const before = await host.owner.callPositioned('listFlows', { params: { id: workspaceId } });
    await host.owner.call('updateFlow', { params: { id: flowId }, body: { name: 'Moved on' } });
    const after = await host.owner.callPositioned('listFlows', { params: { id: workspaceId } });
    const read = (position: string | null) => position?.split('.') ?? [];
    expect(read(before.position)[0]).toBe(read(after.position)[0]);
    expect(Number(read(after.position)[1])).toBeGreaterThan(Number(read(before.position)[1]));
  });

  test('protocol.md: a repeated Idempotency-Key makes nothing twice', async () => {
    const create = () =>
      host.owner.call('createFlow', { params: { id: workspaceId }, body: { name: 'Once' }, idempotencyKey: 'key-1' });
    const first = await create();
    expect((await create()).id).toBe(first.id);
    const other = host.owner.call('createFlow', {
      params: { id: workspaceId },
      body: { name: 'Other' },
      idempotencyKey: 'key-1',
    });
    await expect(other).rejects.toMatchObject({ code: 'idempotency_mismatch' });
  });

  test('lists go page by page', async () => {
    for (let at = 0; at < 5; at++)
      await host.owner.call('createFlow', { params: { id: workspaceId }, body: { name: `p${at}` } });
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const query: { limit: number; cursor?: string } = cursor === null ? { limit: 2 } : { limit: 2, cursor };
      const page: { items: { name: string }[]; next: string | null } = await host.owner.call('listFlows', {
        params: { id: workspaceId },
        query,
      });
      names.push(...page.items.map((flow) => flow.name));
      cursor = page.next;
    } while (cursor !== null);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(['p0', 'p1', 'p2', 'p3', 'p4']));
  });

  test('OpenAPI, health and readiness are there for anybody', async () => {
    const api = (await (await fetch(`${host.url}/api/openapi.json`)).json()) as { openapi: string };
    expect(api.openapi).toBe('3.1.0');
    const page = await (await fetch(`${host.url}/api/docs`)).text();
    expect(page).toContain('POST /api/v1/workspaces/:id/nodes/add-by-key');
    expect(page).not.toContain('<script');
    expect([(await fetch(`${host.url}/healthz`)).status, (await fetch(`${host.url}/readyz`)).status]).toEqual([
      200, 200,
    ]);
  });
});
