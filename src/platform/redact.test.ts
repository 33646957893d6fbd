import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createLogger } from './log.ts';
import { redact, scrub } from './redact.ts';

describe('S5: secrets stay out of logs', () => {
  test.each([
    'authorization',
    'cookie',
    'set-cookie',
    'adminToken',
    'admin_token',
    'token',
    'password',
    'api_key',
    'apiKey',
    'joinKey',
    'share_key',
    'shareKey',
    'ticket',
    'signInLink',
    'privateKey',
    'clientSecret',
    'introduce',
  ])('a field named %s is hidden, however deep', (name) => {
    expect(redact({ [name]: 'x' })).toEqual({ [name]: '[hidden]' });
    expect(redact({ request: { headers: [{ [name]: 'x' }] } })).toEqual({
      request: { headers: [{ [name]: '[hidden]' }] },
    });
  });

  test.each(['tokens', 'tokensIn', 'keyword', 'runId', 'code', 'ticketsOpen'])(
    'a field named %s is written',
    (name) => {
      expect(redact({ [name]: 7 })).toEqual({ [name]: 7 });
    },
  );

  test('what looks like a credential is scrubbed from text', () => {
    expect(scrub('GET /ws/live?ticket=abc.DEF-1&x=2')).toBe('GET /ws/live?ticket=[hidden]&x=2');
    expect(scrub('"authorization: Bearer abcdefgh12345="')).toBe('"authorization: Bearer [hidden]"');
    expect(scrub('open http://127.0.0.1:1/sign-in#code=s3cr3t')).toBe('open http://127.0.0.1:1/sign-in#code=[hidden]');
    expect(scrub('GET /join/Abcd-1234_x')).toBe('GET /join/[hidden]');
  });

  test('the logger does both, in the message and in an error too', () => {
    const lines: string[] = [];
    const to = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk));
        done();
      },
    });
    const log = createLogger({ name: 'sample', level: 'info', to });
    log.info({ token: 'one', error: new Error('Bearer abcdefgh12345') }, 'see /x?ticket=three');
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/one|abcdefgh12345|three/);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', name: 'sample', msg: 'see /x?ticket=[hidden]' });
  });

  test('a cycle ends in a word', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(JSON.stringify(redact(cycle))).toContain('[deeper]');
  });
});
