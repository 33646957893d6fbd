import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot, programPath, resourcePath, runtimePath } from './paths.ts';

test('the package root is where package.json is', () => {
  expect(existsSync(join(packageRoot(), 'package.json'))).toBe(true);
  expect(existsSync(join(packageRoot(), 'src', 'platform', 'paths.ts'))).toBe(true);
});

test('run from source, runtime files come from src', () => {
  expect(runtimePath('platform/paths.ts')).toBe(join(packageRoot(), 'src', 'platform', 'paths.ts'));
});

test('resources and programs are named from the package root', () => {
  expect(resourcePath('icons', 'a.png')).toBe(join(packageRoot(), 'resources', 'icons', 'a.png'));
  expect(programPath('worker')).toBe(join(packageRoot(), 'dist', 'worker', 'main.js'));
});
