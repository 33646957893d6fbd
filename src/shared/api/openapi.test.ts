import { describe, expect, test } from 'vitest';
import committed from '../../../docs/openapi.json' with { type: 'json' };
import packageFile from '../../../package.json' with { type: 'json' };
import { describeApi } from './openapi.ts';
import { routes } from './routes.ts';

describe('OpenAPI', () => {
  const api = JSON.parse(JSON.stringify(describeApi(packageFile.version)));

  test('the committed copy equals what the contracts say; "npm run openapi" renews it', () => {
    expect(committed).toEqual(api);
  });

  test('every route is in it once, with who may call it', () => {
    const operations = Object.values(
      api.paths as Record<string, Record<string, { operationId: string; 'x-access': string }>>,
    )
      .flatMap((path) => Object.values(path))
      .map((operation) => [operation.operationId, operation['x-access']]);
    expect(Object.fromEntries(operations)).toEqual(
      Object.fromEntries(Object.values(routes).map((route) => [route.name, route.access])),
    );
    expect(operations).toHaveLength(Object.keys(routes).length);
  });

  test('every reference leads to a component', () => {
    const references = [...JSON.stringify(api).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
      (match) => match[1],
    );
    const names = Object.keys(api.components.schemas);
    expect(references.length).toBeGreaterThan(20);
    expect(references.filter((name) => name === undefined || !names.includes(name))).toEqual([]);
    expect(JSON.stringify(api)).not.toContain('"$id"');
  });
});
