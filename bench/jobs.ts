import { startBareRelay } from './bare-relay.ts';
import { startProduct } from './host.ts';
import { type JobRelay, throughput } from './job-relay.ts';
import { input } from './payload.ts';
import { best, report } from './report.ts';

const rounds = 3;
const count = 20_000;
const modes = [
  { bench: 'jobs', perCall: 1, window: 2_000, target: 0.65 },
  { bench: 'jobs.bulk', perCall: 500, window: 4_000, target: 0.55 },
];

/** Jobs a second through the whole way, beside the bare relay; in turns, so that both meet the same machine. */
export async function benchJobs(execArgv: string[]): Promise<void> {
  const product = await startProduct(execArgv);
  const bare = await startBareRelay();
  try {
    for (const mode of modes) await measure(mode, product, bare);
  } finally {
    await product.stop();
    await bare.stop();
  }
}

async function measure(mode: (typeof modes)[number], product: JobRelay, bare: JobRelay): Promise<void> {
  const rates: { product: number[]; bare: number[] } = { product: [], bare: [] };
  for (const relay of [bare, product]) await throughput(relay, input, { ...mode, count: 4_000 });
  for (let round = 0; round < rounds; round += 1) {
    rates.bare.push(await throughput(bare, input, { ...mode, count }));
    rates.product.push(await throughput(product, input, { ...mode, count }));
  }
  report({
    bench: mode.bench,
    value: best(rates.product),
    unit: 'jobs/s',
    limit: best(rates.bare),
    n: count,
    notes: `${mode.perCall} a call, best of ${rounds} rounds in turns, limit: bare relay; must reach ${mode.target}`,
  });
}
