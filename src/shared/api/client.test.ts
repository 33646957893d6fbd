import { expect, test } from 'vitest';
import { createClient, routeUrl } from './client.ts';
import { routes } from './routes.ts';

test('paths are filled with escaped parameters, and queries leave out what is not given', () => {
  expect(
    routeUrl('/runs/:id/steps/:stepId', { id: 'run-1', stepId: 'a/b' }, { path: 'pages[3]', cursor: undefined }),
  ).toBe('/api/v1/runs/run-1/steps/a%2Fb?path=pages%5B3%5D');
});

test('a refused call rejects with the stable code of the host', async () => {
  const fetch = async () =>
    new Response(
      JSON.stringify({ type: 'x', title: 'Forbidden', status: 403, code: 'forbidden', detail: 'Viewers only look' }),
      {
        status: 403,
      },
    );
  await expect(createClient({ baseUrl: 'http://127.0.0.1:1', fetch }).call('me', {})).rejects.toMatchObject({
    code: 'forbidden',
    message: 'Viewers only look',
  });
});

test('every route has a name of its own, and a resource where its access is a role', () => {
  const addresses = Object.values(routes).map((route) => `${route.method} ${route.path}`);
  expect(new Set(addresses).size).toBe(addresses.length);
  for (const [name, route] of Object.entries(routes)) {
    expect(route.name).toBe(name);
    const needsResource = ['viewer', 'member', 'admin', 'owner'].includes(route.access);
    expect([name, route.resource !== null]).toEqual([name, needsResource]);
  }
});
