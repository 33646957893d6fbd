import type { Migration } from './migrations.ts';

/** What jobs, scheduling, flows, triggers, keys and history need beyond the first schema. */
export const engine: Migration = {
  version: 2,
  name: 'engine',
  sql: `
-- Runs that one asks for by the time they ended: the cleaner.
CREATE INDEX runs_by_end ON runs (finishedAt) WHERE finishedAt IS NOT NULL;
`,
};
