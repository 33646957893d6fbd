import { parseArgs } from 'node:util';
import { buildAll, targets } from './build/build.ts';

/** `node scripts/build.ts [--force] [programs] [preload] [interface]`: builds what is missing or older than its sources. */
const { values, positionals } = parseArgs({ options: { force: { type: 'boolean' } }, allowPositionals: true });
const names = targets.map(({ name }) => name);
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) throw new Error(`Unknown: ${unknown.join(', ')}. There are: ${names.join(', ')}`);

const built = await buildAll({
  force: values.force === true,
  say: console.log,
  ...(positionals.length > 0 ? { only: positionals } : {}),
});
if (built.length === 0) console.log('Everything is built already.');
