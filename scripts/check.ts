import { addCounts, summary } from './test/counts.ts';
import { lint, tests, types } from './test/run.ts';

/** Before each commit, in under a minute: types, lint, format, import rules, unit tests. */
const total = addCounts([types(), lint(), tests('unit')]);
console.log(`\n${summary(total).join('\n')}`);
process.exit(total.failed === 0 ? 0 : 1);
