import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dataFolder, firstSystemConfig, hasDisplay, logLevel, serviceEnvironment } from './config.ts';

const linux = { platform: 'linux', home: '/home/sample' } as const;

describe('data folder', () => {
  test('--data comes before OTHERTHING_DATA, which comes before the default', () => {
    expect(dataFolder('/a', { OTHERTHING_DATA: '/b' }, linux)).toBe('/a');
    expect(dataFolder(undefined, { OTHERTHING_DATA: '/b' }, linux)).toBe('/b');
    expect(dataFolder(undefined, { OTHERTHING_DATA: '' }, linux)).toBe('/home/sample/.local/share/otherthing');
  });

  test('a relative --data is taken from the current folder', () => {
    expect(dataFolder('x', {}, linux)).toBe(resolve('x'));
  });

  test('XDG_DATA_HOME counts when it is absolute', () => {
    expect(dataFolder(undefined, { XDG_DATA_HOME: '/data' }, linux)).toBe('/data/otherthing');
    expect(dataFolder(undefined, { XDG_DATA_HOME: 'data' }, linux)).toBe('/home/sample/.local/share/otherthing');
  });

  test('macOS keeps it in Application Support', () => {
    expect(dataFolder(undefined, {}, { platform: 'darwin', home: '/Users/sample' })).toBe(
      '/Users/sample/Library/Application Support/OtherThing',
    );
  });
});

test('the first system is looked for beside the usual data folder alone', () => {
  const usual = '/home/sample/.local/share/otherthing';
  expect(firstSystemConfig(usual, {}, linux)).toBe('/home/sample/.config/otherthing-node/node-config.json');
  expect(firstSystemConfig(usual, { XDG_CONFIG_HOME: '/c' }, linux)).toBe('/c/otherthing-node/node-config.json');
  expect(firstSystemConfig('/tmp/second', {}, linux)).toBeNull();
  const mac = { platform: 'darwin', home: '/Users/sample' } as const;
  const support = '/Users/sample/Library/Application Support';
  expect(firstSystemConfig(`${support}/OtherThing`, {}, mac)).toBe(`${support}/otherthing-node/node-config.json`);
});

test('an unknown log level is info', () => {
  expect(logLevel({ OTHERTHING_LOG: 'debug' })).toBe('debug');
  expect(logLevel({ OTHERTHING_LOG: 'loud' })).toBe('info');
  expect(logLevel({})).toBe('info');
});

test('a display is X or Wayland on Linux, and given elsewhere', () => {
  expect(hasDisplay({}, linux)).toBe(false);
  expect(hasDisplay({ DISPLAY: '' }, linux)).toBe(false);
  expect(hasDisplay({ DISPLAY: ':0' }, linux)).toBe(true);
  expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, linux)).toBe(true);
  expect(hasDisplay({}, { platform: 'win32', home: 'C:\\' })).toBe(true);
});

test("S5: somebody's exported secrets do not reach the services", () => {
  const env = {
    PATH: '/bin',
    Path: 'C:\\',
    LC_ALL: 'C',
    OTHERTHING_LOG: 'debug',
    SAMPLE_API_KEY: 'x',
    NODE_OPTIONS: '-r x',
  };
  expect(serviceEnvironment(env)).toEqual({ PATH: '/bin', Path: 'C:\\', LC_ALL: 'C', OTHERTHING_LOG: 'debug' });
});
