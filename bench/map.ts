import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Held } from './map-host.ts';
import { report } from './report.ts';

const program = join(import.meta.dirname, 'map-host.ts');
const few = 1_000;
const many = 10_000;

/** How much more heap a Map over 10,000 items takes than one over 1,000, in a flow of 500 steps: while it runs, and after. */
export async function benchMap(): Promise<void> {
  const [before, after] = [await heldWith(few), await heldWith(many)];
  const mb = (bytes: number) => (bytes / 1024 ** 2).toFixed(1);
  for (const when of ['during', 'after'] as const) {
    report({
      bench: `map.${when}`,
      value: after[when] / before[when],
      unit: 'x',
      limit: 1.3,
      n: many,
      notes: `heap with ${few} items ${mb(before[when])} MB, with ${many} ${mb(after[when])} MB (${Math.round(after.ms)} ms); at most 1.3 times`,
    });
  }
}

async function heldWith(items: number): Promise<Held> {
  const child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: ['--expose-gc'] });
  const answer = once(child, 'message') as Promise<[Held]>;
  const exit = once(child, 'exit') as Promise<[number | null]>;
  child.send({ items });
  const [held] = await Promise.race([
    answer,
    exit.then(([code]) => Promise.reject(new Error(`It ended with ${code}`))),
  ]);
  await exit;
  return held;
}
