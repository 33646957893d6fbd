import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import type { Counts } from './counts.ts';

/** Writes the counts of a Vitest run, with the reason of every skip, to the file named by COUNTS_FILE. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const counts: Counts = { passed: 0, failed: unhandled.length, skipped: [] };
    for (const module of modules) count(module, counts);
    const path = process.env['COUNTS_FILE'];
    if (path !== undefined) writeFileSync(path, JSON.stringify(counts));
  }
}

function count(module: TestModule, counts: Counts): void {
  // A file that could not even be loaded has errors and no tests.
  counts.failed += module.errors().length;
  for (const test of module.children.allTests()) {
    const result = test.result();
    if (result.state === 'passed') counts.passed += 1;
    else if (result.state === 'skipped') counts.skipped.push({ title: test.fullName, reason: reason(result.note) });
    else counts.failed += 1;
  }
}

function reason(note: string | undefined): string {
  return note ?? 'no reason given';
}
