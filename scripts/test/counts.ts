/** What a part of the test run came to. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: { title: string; reason: string }[];
}

export const noCounts: Counts = { passed: 0, failed: 0, skipped: [] };

export function addCounts(parts: readonly Counts[]): Counts {
  return {
    passed: parts.reduce((sum, { passed }) => sum + passed, 0),
    failed: parts.reduce((sum, { failed }) => sum + failed, 0),
    skipped: parts.flatMap(({ skipped }) => skipped),
  };
}

/** A part that ended badly without a failed test (a crash, an error outside of every test) counts as one failure. */
export function judged(counts: Counts | null, exitCode: number | null): Counts {
  if (counts === null) return { ...noCounts, failed: 1 };
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** The reasons of what was skipped, and the last line of a run. */
export function summary({ passed, failed, skipped }: Counts): string[] {
  const reasons = skipped.map(({ title, reason }) => `skipped: ${title}: ${reason}`);
  return [...reasons, `${passed} passed, ${failed} failed, ${skipped.length} skipped`];
}
