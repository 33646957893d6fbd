import { expect, test, vi } from 'vitest';
import { AppError } from '../shared/errors.ts';
import { desktopCalls } from '../shared/ipc.ts';
import { callPrefix } from '../shared/ipc-names.ts';

type Listener = (event: unknown, ...args: unknown[]) => Promise<unknown>;
const listeners = new Map<string, Listener>();
vi.mock('electron', () => ({
  ipcMain: {
    handle: (channel: string, listener: Listener) => listeners.set(channel, listener),
    removeHandler: (channel: string) => listeners.delete(channel),
  },
}));
const { answerCalls } = await import('./ipc.ts');

const own = { senderFrame: { parent: null, url: 'app://otherthing/' } };
const handlers = (host: () => { hostUrl: string; bearer: string }) => ({ host }) as Parameters<typeof answerCalls>[0];
const calls = (name: string) => listeners.get(callPrefix + name) ?? expect.fail(`nobody hears ${name}`);

test('S11: every call of the table is heard, and none when it is taken away', () => {
  const stop = answerCalls(
    handlers(() => ({ hostUrl: '', bearer: '' })),
    vi.fn(),
  );
  expect([...listeners.keys()].sort()).toEqual(
    Object.keys(desktopCalls)
      .map((name) => callPrefix + name)
      .sort(),
  );
  stop();
  expect(listeners.size).toBe(0);
});

test('S11: another page, an inner frame and other arguments are refused with a code, and nothing is done', async () => {
  const host = vi.fn(() => ({ hostUrl: 'http://127.0.0.1:1', bearer: 'b' }));
  const stop = answerCalls(handlers(host), vi.fn());
  const call = calls('host');
  const others = [{ senderFrame: null }, { senderFrame: { parent: null, url: 'https://example.org/' } }];
  const inner = { senderFrame: { parent: {}, url: 'app://otherthing/' } };
  for (const event of [...others, inner])
    expect(await call(event)).toMatchObject({ problem: { code: 'wrong_origin' } });
  expect(await call(own, 1)).toMatchObject({ problem: { code: 'bad_request' } });
  expect(host).not.toHaveBeenCalled();
  expect(await call(own)).toEqual({ answer: { hostUrl: 'http://127.0.0.1:1', bearer: 'b' } });
  stop();
});

test('what a handler throws travels with its code; what nobody foresaw tells nothing and is told here', async () => {
  const unexpected = vi.fn();
  const errors = [new AppError('not_found'), new Error('a secret path')];
  const throwing = () => {
    throw errors.shift();
  };
  const stop = answerCalls(handlers(throwing), unexpected);
  expect(await calls('host')(own)).toMatchObject({ problem: { code: 'not_found' } });
  const hidden = await calls('host')(own);
  expect(hidden).toMatchObject({ problem: { code: 'internal' } });
  expect(JSON.stringify(hidden)).not.toContain('secret');
  expect(unexpected).toHaveBeenCalledTimes(1);
  stop();
});
