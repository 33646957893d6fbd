/** `npm run bench [-- NAME …] [--profile]`: each benchmark prints one line of JSON per figure (quality.md says what it must reach). */
import { parseArgs } from 'node:util';
import { buildAll } from '../scripts/build/build.ts';
import { benchDispatch } from './dispatch.ts';
import { benchFlow } from './flow.ts';
import { benchJobs } from './jobs.ts';
import { benchLatency } from './latency.ts';
import { benchStart } from './start.ts';

const { values, positionals } = parseArgs({ options: { profile: { type: 'boolean' } }, allowPositionals: true });
/** With --profile the orchestrator of `jobs` leaves a .cpuprofile in the working folder. */
const execArgv = values.profile === true ? ['--cpu-prof'] : [];
const benches: Record<string, () => Promise<void>> = {
  jobs: () => benchJobs(execArgv),
  latency: benchLatency,
  dispatch: benchDispatch,
  flow: benchFlow,
  start: benchStart,
};

const chosen = positionals.length === 0 ? Object.keys(benches) : positionals;
const unknown = chosen.filter((name) => !(name in benches));
if (unknown.length > 0)
  throw new Error(`Unknown: ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}`);
await buildAll({ only: ['programs'], say: (text) => console.error(text) });
for (const name of chosen) await benches[name]?.();
