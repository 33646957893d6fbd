import { describe, expect, test } from 'vitest';
import { belongsInApp } from './contents.ts';

const linux = { platform: 'linux', arch: 'x64' };
const onnx = '/node_modules/onnxruntime-node/bin/napi-v6';

describe('what goes into the app', () => {
  test.each([
    ...[
      '',
      '/package.json',
      '/LICENSE',
      '/dist',
      '/dist/main/main.js',
      '/dist/chunks/a.js',
      '/dist/renderer/index.html.br',
    ],
    ...[
      '/dist/worker/sandbox/runner.js',
      '/resources',
      '/resources/samples/texts/count-words.ts',
      '/resources/icons/icon.png',
    ],
    ...['/node_modules', '/node_modules/fastify/fastify.js', `${onnx}/linux`, `${onnx}/linux/x64/libonnxruntime.so.1`],
    ...[
      '/node_modules/sqlite3/build',
      '/node_modules/sqlite3/build/Release',
      '/node_modules/sqlite3/build/Release/node_sqlite3.node',
    ],
  ])('%s goes in', (path) => expect(belongsInApp(path, linux)).toBe(true));

  test.each([
    ...[
      '/src',
      '/src/main/main.ts',
      '/test',
      '/scripts',
      '/docs',
      '/.git',
      '/.npmrc',
      '/bench',
      '/out',
      '/package-lock.json',
    ],
    ...[
      '/dist/cli',
      '/dist/.stamps',
      '/dist/main/main.js.map',
      '/forge.config.ts',
      '/.env',
      '/resources/notes.txt',
      '/host.key',
    ],
    ...[
      '/node_modules/.bin',
      '/node_modules/.package-lock.json',
      '/node_modules/ws/index.d.ts',
      '/node_modules/ws/README.md',
    ],
    ...[
      '/node_modules/deno',
      '/node_modules/@deno/linux-x64-glibc/deno',
      '/node_modules/a/test',
      '/node_modules/a/tls/host.pem',
    ],
    ...[`${onnx}/win32`, `${onnx}/linux/arm64`, `${onnx}/darwin/arm64/libonnxruntime.dylib`],
    ...[
      '/node_modules/sqlite3/deps',
      '/node_modules/sqlite3/build/Release/obj',
      '/node_modules/sqlite3/src/statement.cc',
    ],
  ])('S14: %s stays out', (path) => expect(belongsInApp(path, linux)).toBe(false));

  test('a machine gets the libraries of its own kind', () => {
    expect(belongsInApp(`${onnx}/win32/arm64/onnxruntime.dll`, { platform: 'win32', arch: 'arm64' })).toBe(true);
    expect(belongsInApp(`${onnx}/win32/arm64/onnxruntime.dll`, { platform: 'win32', arch: 'x64' })).toBe(false);
  });
});
