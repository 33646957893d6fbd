import { startBareRelay } from './bare-relay.ts';
import { startProduct } from './host.ts';
import { latencies, percentile, throughput } from './job-relay.ts';
import { input } from './payload.ts';
import { median, report } from './report.ts';

const perSecond = 50;
const seconds = 10;

/** From submit to the result in the client, at 50 jobs a second, beside the bare relay; in turns, the median of the rounds. */
export async function benchLatency(times: number): Promise<void> {
  const relays = [await startBareRelay(), await startProduct()];
  const taken: number[][][] = [[], []];
  try {
    for (const relay of relays) await throughput(relay, input, { count: 4_000, perCall: 1, window: 100 });
    for (let round = 0; round < times; round += 1) {
      for (const [index, relay] of relays.entries())
        taken[index]?.push(await latencies(relay, input, perSecond, seconds));
    }
  } finally {
    for (const relay of relays) await relay.stop();
  }
  const [bare = [], product = []] = taken;
  const typical = (rounds: readonly number[][], share: number) => median(rounds.map((one) => percentile(one, share)));
  for (const [name, share, most] of [
    ['p50', 0.5, 5],
    ['p99', 0.99, 20],
  ] as const) {
    report({
      bench: `latency.${name}`,
      value: typical(product, share),
      unit: 'ms',
      limit: typical(bare, share),
      n: perSecond * seconds,
      notes: `${perSecond} jobs/s for ${seconds} s, median of ${times} rounds in turns, limit: bare relay; at most ${most} ms`,
    });
  }
}
