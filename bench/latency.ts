import { startBareRelay } from './bare-relay.ts';
import { startProduct } from './host.ts';
import { latencies, percentile, throughput } from './job-relay.ts';
import { input } from './payload.ts';
import { report } from './report.ts';

const perSecond = 50;
const seconds = 10;
const rounds = 3;

/** From submit to the result in the client, at 50 jobs a second, beside the bare relay; in turns, the calmest round of each. */
export async function benchLatency(): Promise<void> {
  const relays = [await startBareRelay(), await startProduct()];
  const calmest: number[][] = [[], []];
  try {
    for (const relay of relays) await throughput(relay, input, { count: 4_000, perCall: 1, window: 100 });
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, relay] of relays.entries()) {
        const times = await latencies(relay, input, perSecond, seconds);
        const before = calmest[index] ?? [];
        if (before.length === 0 || percentile(times, 0.99) < percentile(before, 0.99)) calmest[index] = times;
      }
    }
  } finally {
    for (const relay of relays) await relay.stop();
  }
  const [bare = [], product = []] = calmest;
  for (const [name, share, most] of [
    ['p50', 0.5, 5],
    ['p99', 0.99, 20],
  ] as const) {
    report({
      bench: `latency.${name}`,
      value: percentile(product, share),
      unit: 'ms',
      limit: percentile(bare, share),
      n: perSecond * seconds,
      notes: `${perSecond} jobs/s for ${seconds} s, calmest of ${rounds} rounds in turns, limit: bare relay; at most ${most} ms`,
    });
  }
}
