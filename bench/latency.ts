import { startBareRelay } from './bare-relay.ts';
import { startProduct } from './host.ts';
import { latencies, percentile, throughput } from './job-relay.ts';
import { input } from './payload.ts';
import { report } from './report.ts';

const perSecond = 50;
const seconds = 10;

/** From submit to the result in the client, at 50 jobs a second, beside the bare relay. */
export async function benchLatency(): Promise<void> {
  const measured: number[][] = [];
  for (const start of [startBareRelay, () => startProduct()]) {
    const relay = await start();
    try {
      await throughput(relay, input, { count: 1_000, perCall: 1, window: 100 });
      measured.push(await latencies(relay, input, perSecond, seconds));
    } finally {
      await relay.stop();
    }
  }
  const [bare = [], product = []] = measured;
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
      notes: `${perSecond} jobs/s for ${seconds} s, limit: bare relay; at most ${most} ms`,
    });
  }
}
