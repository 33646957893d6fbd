import { buildAll } from './build/build.ts';
import { addCounts, type Counts, noCounts, summary } from './test/counts.ts';
import { ensurePrerequisites } from './test/prerequisites.ts';
import { lint, tests, types } from './test/run.ts';

/** Everything: builds, types, lint, unit, integration, end to end. The last line says what it came to. */
const total = addCounts(await runAll());
console.log(`\n${summary(total).join('\n')}`);
process.exit(total.failed === 0 ? 0 : 1);

async function runAll(): Promise<Counts[]> {
  const missing = ensurePrerequisites(console.log);
  if (missing !== null) {
    console.error(missing);
    return [{ ...noCounts, failed: 1 }];
  }
  const parts = [await build(), types(), lint(), tests('unit')];
  return [...parts, tests('integration'), tests('e2e')];
}

async function build(): Promise<Counts> {
  console.log('\n── build');
  try {
    await buildAll({ say: console.log });
    return { ...noCounts, passed: 1 };
  } catch (error) {
    console.error(error);
    return { ...noCounts, failed: 1 };
  }
}
