import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, expect, test } from 'vitest';
import { startTestHost } from './support.ts';

const host = await startTestHost();
afterAll(async () => {
  await host.stop();
  host.remove();
});

/** Whether something takes connections there. */
const answers = (address: string, port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host: address, port, timeout: 2_000 });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => settle(true));
    socket.on('error', () => settle(false));
    socket.on('timeout', () => settle(false));
  });

test('S3: a host listens on loopback alone', async () => {
  const port = Number(new URL(host.url).port);
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
  expect(await answers('127.0.0.1', port)).toBe(true);
  // Another loopback address stands for the machine's own where it has none.
  for (const address of ['127.0.0.2', ...others])
    expect([address, await answers(address, port)]).toEqual([address, false]);
});
