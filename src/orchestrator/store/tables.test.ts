import { expect, test } from 'vitest';
import { homes } from '../files/sweep.ts';
import { allTables, belongings, ofTheHost, workspaceTables } from '../history/belongings.ts';

/** JSON columns in which no reference to a blob ever stands; a column that is new is either here or in `blobs` of its table. */
const withoutBlobs: Record<string, readonly string[]> = {
  settings: ['value'],
  nodes: ['capabilities', 'resourceLimits', 'executors', 'tags'],
  node_reputation: ['recent'],
  jobs: ['requires', 'retry', 'origin', 'attempts', 'error', 'requeued'],
  job_outputs: ['chunks'],
  job_events: ['detail'],
  flows: ['picture'],
  flow_versions: ['file'],
  runs: ['error', 'progress', 'weave', 'workers', 'trigger', 'parent'],
  steps: ['error', 'items', 'marks'],
  idempotency: ['body'],
  audit: ['actor', 'details'],
  provider_keys: ['models', 'lastError'],
  workspace_settings: ['value'],
  approvals: ['shown', 'deciders'],
  flow_triggers: ['problem'],
};

test('data.md: of every JSON column it is said whether it may refer to blobs', () => {
  const unsaid = allTables.flatMap(({ name, columns, blobs }) =>
    Object.entries(columns)
      .filter(([column, type]) => type === 'json' && blobs?.in.includes(column) !== true)
      .filter(([column]) => withoutBlobs[name]?.includes(column) !== true)
      .map(([column]) => `${name}.${column}`),
  );
  expect(unsaid).toEqual([]);
});

test('data.md: what may refer to blobs is found again by the key, and the sweep knows where', () => {
  for (const { name, key, blobs } of allTables) {
    if (blobs === undefined) continue;
    expect(key).toContain(blobs.holder);
    expect(homes).toHaveProperty(name);
  }
});

test('data.md: every table goes with its workspace, or it is said why not', () => {
  const parts = Object.values(belongings).flatMap((some) => some.map(({ table }) => table.name));
  const covered = new Set([
    'workspaces',
    ...workspaceTables.map(({ name }) => name),
    ...parts,
    ...Object.keys(ofTheHost),
  ]);
  expect(allTables.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([]);
});
