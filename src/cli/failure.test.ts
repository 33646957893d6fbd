import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { AppError } from '../shared/errors.ts';
import { CommandError, describeFailure } from './failure.ts';

test('an error with a code is told with its mistakes and the next step', () => {
  const errors = [{ path: 'steps/read/image', message: 'has no value' }];
  expect(describeFailure(new AppError('flow_invalid', 'one mistake', { errors }))).toBe(
    'The flow cannot run as it is: one mistake\n  steps/read/image: has no value\nMend the steps named in "errors".',
  );
  expect(describeFailure(new AppError('not_found'))).toMatch(/^There is nothing here\n/);
});

test('a host that does not answer is said so, in place of "fetch failed"', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const error = await fetch(`http://127.0.0.1:${port}/`).catch((reason: unknown) => reason);
  expect(describeFailure(error)).toBe('The host does not answer.');
});

test('what a person mistyped is told as it is', () => {
  expect(describeFailure(new CommandError('No host runs here.'))).toBe('No host runs here.');
});
