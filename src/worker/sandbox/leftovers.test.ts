import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { endLeftovers } from './leftovers.ts';

const started = async (...args: string[]) => {
  const child = spawn(process.execPath, [
    '-e',
    "process.stdout.write('up'); setInterval(() => {}, 1e9)",
    '--',
    ...args,
  ]);
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  return { child, ended };
};

test.runIf(process.platform === 'linux')(
  'S6: what names the import map of this worker is ended, whatever names another one stays',
  async () => {
    const own = '/data/one/import-map.json';
    const left = [await started('--ro-bind', own, '/import-map.json'), await started(`--import-map=${own}`)];
    const other = await started('--ro-bind', '/data/one/import-map.json.old', '/import-map.json');
    expect(await endLeftovers(own)).toBe(2);
    for (const { ended } of left) expect((await ended)[1]).toBe('SIGKILL');
    expect([other.child.exitCode, other.child.signalCode]).toEqual([null, null]);
    expect(await endLeftovers(own)).toBe(0);
    other.child.kill('SIGKILL');
    await other.ended;
  },
);
