import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OutboxEntry, openOutbox } from './outbox.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-outbox-'));
  path = join(folder, 'results.log');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const entry = (number: number, result: unknown = { number }): OutboxEntry => ({
  message: { type: 'job_done', job_id: `job-${number}`, fence: `1.${number}`, result },
});
/** What waits according to the file. */
async function waiting(file: string): Promise<string[]> {
  const outbox = await openOutbox(file);
  await outbox.close();
  return idsOf(outbox.pending());
}

const idsOf = (entries: readonly OutboxEntry[]) => entries.map(({ message }) => message.job_id);

describe('the outbox', () => {
  it('N11: holds results over a restart until they are acknowledged', async () => {
    const first = await openOutbox(path);
    await Promise.all([first.put(entry(1)), first.put(entry(2)), first.put(entry(3))]);
    expect(first.remove('job-2', '1.2')).toEqual(entry(2));
    await first.close();
    const second = await openOutbox(path);
    expect(second.pending()).toEqual([entry(1), entry(3)]);
    expect([second.has('job-1', '1.1'), second.has('job-2', '1.2')]).toEqual([true, false]);
    await second.close();
  });

  it('N10: an answer for another assignment of the job removes nothing', async () => {
    const outbox = await openOutbox(path);
    await outbox.put(entry(1));
    expect(outbox.remove('job-1', '2.1')).toBeUndefined();
    expect(idsOf(outbox.pending())).toEqual(['job-1']);
    await outbox.close();
  });

  it('N11: a line that was cut short costs nothing but itself', async () => {
    const first = await openOutbox(path);
    await first.put(entry(1));
    await first.close();
    await appendFile(path, '\n{"put":{"message":{"type":"job_done","job_id":"job-9"');
    const second = await openOutbox(path);
    await second.put(entry(2));
    expect(idsOf(second.pending())).toEqual(['job-1', 'job-2']);
    await second.close();
    await appendFile(path, `garbage\n${JSON.stringify({ put: { message: { type: 'other' } } })}\n`);
    expect(await waiting(path)).toEqual(['job-1', 'job-2']);
  });

  it('does not grow for ever', async () => {
    const outbox = await openOutbox(path);
    for (let number = 0; number < 60; number++) {
      await outbox.put(entry(number, 'x'.repeat(200_000)));
      outbox.remove(`job-${number}`, `1.${number}`);
    }
    await outbox.put(entry(1_000));
    await outbox.close();
    expect((await stat(path)).size).toBeLessThan(6 * 1024 * 1024);
    expect(await waiting(path)).toEqual(['job-1000']);
  });

  it('N11: whatever was said to be safe is there after a kill -9 at any moment', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 6; round++) {
      const own = join(folder, `round-${round}.log`);
      const { safe, removed } = await putUntilKilled(own, 20 + round * 17);
      const found = new Set(await waiting(own));
      expect(safe.length).toBeGreaterThan(0);
      for (const id of safe) if (!removed.has(id)) expect(found.has(id), `${id} in round ${round}`).toBe(true);
    }
  });
});

/** A process that puts and removes results as fast as it can, and says what is safe; killed after some of them. */
async function putUntilKilled(file: string, after: number): Promise<{ safe: string[]; removed: Set<string> }> {
  const module = new URL('./outbox.ts', import.meta.url).href;
  const source = `
    const { openOutbox } = await import(${JSON.stringify(module)});
    const outbox = await openOutbox(${JSON.stringify(file)});
    for (let number = 0; ; number++) {
      const id = 'job-' + number;
      const message = { type: 'job_done', job_id: id, fence: '1.' + number, result: 'x'.repeat(number * 37 % 9000) };
      outbox.put({ message }).then(() => process.stdout.write('safe ' + id + '\\n'));
      if (number % 3 === 0 && number > 0) { process.stdout.write('removed job-' + (number - 1) + '\\n'); outbox.remove('job-' + (number - 1), '1.' + (number - 1)); }
      if (number % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const safe: string[] = [];
  const removed = new Set<string>();
  for await (const line of createInterface(child.stdout)) {
    const [what = '', id = ''] = line.split(' ');
    if (what === 'safe') safe.push(id);
    else removed.add(id);
    if (safe.length >= after) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return { safe, removed };
}
