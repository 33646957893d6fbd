import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { clientOf } from './proxy.ts';

const request = (remoteAddress: string, headers: Record<string, string>, encrypted = false) =>
  ({ socket: { remoteAddress, encrypted }, headers }) as unknown as IncomingMessage;
const forwarded = { 'x-forwarded-for': '6.6.6.6, 203.0.113.9', 'x-forwarded-proto': 'https' };

describe('who is at the other end', () => {
  test('S4: a named proxy on this machine is believed, its own entry and no other', () => {
    expect(clientOf(request('127.0.0.1', forwarded), true)).toEqual({ address: '203.0.113.9', scheme: 'https' });
  });
  test('S4: without a named proxy nobody is believed', () => {
    expect(clientOf(request('127.0.0.1', forwarded), false)).toEqual({ address: '127.0.0.1', scheme: 'http' });
  });
  test('S4: another machine is never believed, named proxy or not', () => {
    expect(clientOf(request('192.168.0.9', forwarded), true)).toEqual({ address: '192.168.0.9', scheme: 'http' });
    expect(clientOf(request('192.168.0.9', forwarded, true), true)).toEqual({
      address: '192.168.0.9',
      scheme: 'https',
    });
  });
});
