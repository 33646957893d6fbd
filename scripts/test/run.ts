import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/platform/paths.ts';
import { type Counts, judged, noCounts } from './counts.ts';

const root = packageRoot();
const tool = (path: string) => join(root, 'node_modules', path);

/** Runs a tool of the toolchain with this Node; it counts as one test. */
function step(name: string, script: string, args: string[]): Counts {
  console.log(`\n── ${name}`);
  const { status } = spawnSync(process.execPath, [tool(script), ...args], { cwd: root, stdio: 'inherit' });
  return status === 0 ? { ...noCounts, passed: 1 } : { ...noCounts, failed: 1 };
}

/** Each checker works out the types of the schemas anew: one takes 2 GB and a minute on two cores, four 5 GB and no less. */
export const types = () => step('types', 'typescript/bin/tsc', ['--noEmit', '--checkers', '1']);

/** Format, lint and import rules. */
export const lint = () =>
  step('lint, format, import rules', '@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']);

/** One project of vitest.config.ts: `unit`, `integration` or `e2e`. */
export function tests(project: string): Counts {
  console.log(`\n── ${project} tests`);
  const results = join(root, 'test-results');
  const file = join(results, `${project}.json`);
  mkdirSync(results, { recursive: true });
  rmSync(file, { force: true });
  const { status } = spawnSync(
    process.execPath,
    [
      tool('vitest/vitest.mjs'),
      'run',
      `--project=${project}`,
      '--reporter=default',
      '--reporter=./scripts/test/count-reporter.ts',
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, COUNTS_FILE: file } },
  );
  return judged(readCounts(file), status);
}

function readCounts(file: string): Counts | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Counts;
  } catch {
    return null;
  }
}
