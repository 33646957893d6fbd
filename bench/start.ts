import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { startOrchestrator } from './host.ts';
import { median, report } from './report.ts';

const mostMs = 1_500;
const mostMb = 120;
/** An idle process has settled by then. */
const idleAfter = 3_000;

/** How long the built orchestrator takes on an empty folder until it is ready, and how much memory it holds when idle. */
export async function benchStart(starts: number): Promise<void> {
  const times: number[] = [];
  let memory = Number.NaN;
  for (let start = 0; start < starts; start += 1) {
    const begun = performance.now();
    const host = await startOrchestrator();
    times.push(performance.now() - begun);
    if (start === starts - 1) {
      await wait(idleAfter);
      memory = await residentMb(host.child.pid ?? 0);
    }
    await host.stop();
  }
  const notes = `headless, built, empty store; at most`;
  report({
    bench: 'start',
    value: median(times),
    unit: 'ms',
    limit: mostMs,
    n: starts,
    notes: `${notes} ${mostMs} ms`,
  });
  if (Number.isNaN(memory)) return;
  report({ bench: 'start.idle', value: memory, unit: 'MB', limit: mostMb, n: 1, notes: `${notes} ${mostMb} MB` });
}

/** Resident memory of a process; only Linux tells it this way. */
async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? Number.NaN : Number(kilobytes) / 1_024;
}
