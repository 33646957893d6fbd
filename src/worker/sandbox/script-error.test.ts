import { describe, expect, it } from 'vitest';
import { crashError, placeIn, scriptError } from './script-error.ts';

const url = `data:application/typescript;base64,${'A'.repeat(60)}`;

describe('scriptError', () => {
  it('names the line of the source and keeps the source itself out of the message', () => {
    const error = scriptError({
      phase: 'run',
      error: { name: 'TypeError', message: `bad ${url}`, stack: `TypeError: bad\n    at f (${url}:12:7)` },
    });
    expect(error.code).toBe('script_threw');
    expect(error.message).toBe('TypeError: bad the script (line 12, column 7)');
    expect(error.fault).toBe('job');
  });

  it.each([
    ['load', 'TypeError', `SyntaxError: Expression expected\n    at ${url}:2:21`, 'script_syntax'],
    ['load', 'TypeError', 'npm specifiers were requested; but --no-npm is specified', 'script_import'],
    ['run', 'Error', 'A script cannot import "fs"', 'script_import'],
    ['run', 'ReferenceError', 'Deno is not defined', 'script_forbidden'],
    ['run', 'ReferenceError', 'x is not defined', 'script_threw'],
    ['run', 'SyntaxError', 'Unexpected token } in JSON', 'script_threw'],
    ['result', 'TypeError', 'Do not know how to serialize a BigInt', 'script_result_not_json'],
  ] as const)('%s: %s: %s is %s', (phase, name, message, code) => {
    expect(scriptError({ phase, error: { name, message, stack: '' } }).code).toBe(code);
  });

  it('survives whatever user code calls an error', () => {
    expect(scriptError({ phase: 'run', error: { name: '', message: '', stack: '' } }).message).toMatch(/without words/);
    expect(
      scriptError({ phase: 'run', error: { name: 'X', message: 'm'.repeat(100_000), stack: '' } }).message.length,
    ).toBeLessThan(3_000);
  });
});

describe('crashError', () => {
  it.each([
    ['#\n# Fatal JavaScript out of memory: Reached heap limit', 'script_memory', 'job'],
    ['error: Top-level await promise never resolved', 'script_never_finished', 'job'],
    [`error: Uncaught (in promise) RangeError: late\n    at ${url}:1:49`, 'script_threw', 'job'],
    ['', 'script_died', 'node'],
  ])('%s is %s', (stderr, code, fault) => {
    expect(crashError(stderr, 64)).toMatchObject({ code, fault });
  });
});

it('placeIn finds nothing where there is nothing', () => {
  expect(placeIn('at file:///x.ts:1:2')).toBeNull();
});
