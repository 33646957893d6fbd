/**
 * `npm run bench [-- NAME …] [--times 5] [--profile]`: each benchmark prints one line of JSON per figure (quality.md says
 * what it must reach): the median of so many rounds, each beside its limit in the same run.
 */
import { parseArgs } from 'node:util';
import { buildAll } from '../scripts/build/build.ts';
import { benchCanvas } from './canvas.ts';
import { benchDispatch } from './dispatch.ts';
import { benchFirstToken } from './first-token.ts';
import { benchFlow } from './flow.ts';
import { benchHeap } from './heap.ts';
import { benchJobs } from './jobs.ts';
import { benchLatency } from './latency.ts';
import { benchMap } from './map.ts';
import { benchNodes } from './nodes.ts';
import { benchRestart } from './restart.ts';
import { benchRunPage } from './run-page.ts';
import { benchStart } from './start.ts';
import { benchStream } from './stream.ts';

const { values, positionals } = parseArgs({
  options: { profile: { type: 'boolean' }, times: { type: 'string', default: '5' } },
  allowPositionals: true,
});
/** With --profile the orchestrator of `jobs`, `stream` and `nodes` leaves a .cpuprofile in the working folder. */
const execArgv = values.profile === true ? ['--cpu-prof'] : [];
const times = Number(values.times);
const benches: Record<string, () => Promise<void>> = {
  jobs: () => benchJobs(times, execArgv),
  latency: () => benchLatency(times),
  dispatch: benchDispatch,
  flow: () => benchFlow(times),
  map: benchMap,
  stream: () => benchStream(times, execArgv),
  nodes: () => benchNodes(times, execArgv),
  start: () => benchStart(times),
  canvas: () => benchCanvas(times),
  'run-page': benchRunPage,
  'first-token': () => benchFirstToken(times),
  restart: () => benchRestart(times),
  heap: () => benchHeap(),
};

const chosen = positionals.length === 0 ? Object.keys(benches) : positionals;
const unknown = chosen.filter((name) => !(name in benches));
if (unknown.length > 0)
  throw new Error(`Unknown: ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}`);
const shown = ['canvas', 'first-token', 'run-page'];
const built = chosen.some((one) => shown.includes(one)) ? ['programs', 'interface'] : ['programs'];
await buildAll({ only: built, say: (text) => console.error(text) });
for (const name of chosen) await benches[name]?.();
