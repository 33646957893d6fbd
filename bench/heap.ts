import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { report } from './report.ts';

const program = join(import.meta.dirname, 'heap-host.ts');
const early = 10_000;

/** How much more heap is held after `most` finished jobs than after 10,000: history lives on the disk. */
export async function benchHeap(most = 1_000_000): Promise<void> {
  const child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: ['--expose-gc'] });
  const held = new Map<number, number>();
  child.on('message', ({ count, heap }: { count: number; heap: number }) => held.set(count, heap));
  child.send({ counts: [early, most] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
  const [before, after] = [held.get(early) ?? Number.NaN, held.get(most) ?? Number.NaN];
  const mb = (bytes: number) => (bytes / 1024 ** 2).toFixed(1);
  report({
    bench: 'heap',
    value: after / before,
    unit: 'x',
    limit: 1.3,
    n: most,
    notes: `heap after ${early} finished jobs ${mb(before)} MB, after ${most} ${mb(after)} MB; at most 1.3 times`,
  });
}
