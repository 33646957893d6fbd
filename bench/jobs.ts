import { startBareRelay } from './bare-relay.ts';
import { startProduct } from './host.ts';
import { type JobRelay, throughput } from './job-relay.ts';
import { input } from './payload.ts';
import { median, report } from './report.ts';

const count = 20_000;
const modes = [
  { bench: 'jobs', perCall: 1, window: 2_000, target: 0.65 },
  { bench: 'jobs.bulk', perCall: 500, window: 4_000, target: 0.55 },
];

/** Jobs a second through the whole way, beside the bare relay; in turns, so that both meet the same machine. */
export async function benchJobs(times: number, execArgv: string[]): Promise<void> {
  const product = await startProduct(execArgv);
  const bare = await startBareRelay();
  try {
    for (const mode of modes) await measure(mode, times, product, bare);
  } finally {
    await product.stop();
    await bare.stop();
  }
}

async function measure(mode: (typeof modes)[number], times: number, product: JobRelay, bare: JobRelay): Promise<void> {
  const rates: { product: number[]; bare: number[] } = { product: [], bare: [] };
  for (const relay of [bare, product]) await throughput(relay, input, { ...mode, count: 4_000 });
  for (let round = 0; round < times; round += 1) {
    rates.bare.push(await throughput(bare, input, { ...mode, count }));
    rates.product.push(await throughput(product, input, { ...mode, count }));
  }
  report({
    bench: mode.bench,
    value: median(rates.product),
    unit: 'jobs/s',
    limit: median(rates.bare),
    n: count,
    notes: `${mode.perCall} a call, median of ${times} rounds in turns, limit: bare relay; must reach ${mode.target}`,
  });
}
