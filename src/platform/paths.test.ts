import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { helperPrograms } from '../shared/helpers.ts';
import {
  helperPath,
  outsideArchive,
  packagedResources,
  packageRoot,
  programPath,
  resourcePath,
  runtimePath,
} from './paths.ts';

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

test('what other programs open is named beside the archive; a checkout has none', () => {
  const inArchive = '/opt/OtherThing/resources/app.asar/node_modules/sqlite-vec-linux-x64/vec0.so';
  const beside = '/opt/OtherThing/resources/app.asar.unpacked/node_modules/sqlite-vec-linux-x64/vec0.so';
  expect(outsideArchive(inArchive)).toBe(beside);
  expect(outsideArchive(beside)).toBe(beside);
  expect(outsideArchive('C:\\Apps\\resources\\app.asar\\dist\\a.js')).toBe(
    'C:\\Apps\\resources\\app.asar.unpacked\\dist\\a.js',
  );
  expect(outsideArchive('/home/me/src/a.js')).toBe('/home/me/src/a.js');
  expect(packagedResources()).toBeUndefined();
});

test('every helper program has its entry file', () => {
  for (const program of helperPrograms) expect(existsSync(helperPath(program)), program).toBe(true);
});
