import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Importing file, what it imports, and whether architecture.md allows it. */
const samples: [file: string, imported: string, verdict: 'allowed' | 'refused'][] = [
  ['src/shared/a.ts', './model/node.ts', 'allowed'],
  ['src/shared/a.ts', '../platform/log.ts', 'refused'],
  ['src/shared/flows/a.ts', '../../orchestrator/app.ts', 'refused'],
  ['src/shared/a.ts', '../worker/limits.ts', 'refused'],
  ['src/shared/a.ts', '../main/windows.ts', 'refused'],
  ['src/shared/a.ts', '../renderer/api/live.ts', 'refused'],
  ['src/shared/a.ts', '../cli/commands/host.ts', 'refused'],
  ['src/shared/a.ts', 'node:fs', 'refused'],
  ['src/shared/a.ts', 'fastify', 'refused'],
  ['src/shared/a.ts', 'typebox', 'allowed'],

  ['src/platform/a.ts', '../shared/ids.ts', 'allowed'],
  ['src/platform/a.ts', 'node:fs', 'allowed'],
  ['src/platform/a.ts', '../orchestrator/app.ts', 'refused'],
  ['src/platform/a.ts', '../worker/limits.ts', 'refused'],
  ['src/platform/a.ts', '../main/windows.ts', 'refused'],
  ['src/platform/a.ts', 'electron', 'refused'],

  ['src/orchestrator/a.ts', '../shared/ids.ts', 'allowed'],
  ['src/orchestrator/jobs/a.ts', '../../platform/log.ts', 'allowed'],
  ['src/orchestrator/jobs/a.ts', '../store/store.ts', 'allowed'],
  ['src/orchestrator/jobs/a.ts', '../../worker/limits.ts', 'refused'],
  ['src/orchestrator/a.ts', '../main/windows.ts', 'refused'],
  ['src/orchestrator/a.ts', '../renderer/app/routes.ts', 'refused'],
  ['src/orchestrator/a.ts', 'electron', 'refused'],
  ['src/orchestrator/main.ts', './store/sqlite.ts', 'allowed'],
  ['src/orchestrator/app.ts', './store/sqlite.ts', 'refused'],
  ['src/orchestrator/jobs/service.ts', '../store/sqlite.ts', 'refused'],
  ['src/orchestrator/store/a.ts', './sqlite.ts', 'allowed'],
  ['src/orchestrator/jobs/service.test.ts', '../store/sqlite.ts', 'allowed'],
  ['src/orchestrator/http/jobs.ts', '../services.ts', 'allowed'],
  ['src/orchestrator/http/jobs.ts', '../store/store.ts', 'refused'],
  ['src/orchestrator/live/a.ts', '../store/store.ts', 'refused'],
  ['src/orchestrator/jobs/transition.ts', '../../shared/model/job.ts', 'allowed'],
  ['src/orchestrator/jobs/transition.ts', '../../platform/log.ts', 'refused'],
  ['src/orchestrator/scheduler/schedule.ts', './fit.ts', 'allowed'],
  ['src/orchestrator/scheduler/schedule.ts', '../store/store.ts', 'refused'],
  ['src/orchestrator/scheduler/fit.ts', 'node:os', 'refused'],
  ['src/orchestrator/scheduler/score.ts', '../../platform/log.ts', 'refused'],
  ['src/orchestrator/flows/plan.ts', '../store/store.ts', 'refused'],
  ['src/orchestrator/flows/plan.ts', '../../shared/flows/graph.ts', 'allowed'],

  ['src/worker/a.ts', '../platform/log.ts', 'allowed'],
  ['src/worker/executors/a.ts', '../../orchestrator/app/x.ts', 'refused'],
  ['src/worker/a.ts', '../main/windows.ts', 'refused'],
  ['src/worker/a.ts', 'electron', 'refused'],

  ['src/main/a.ts', '../platform/supervise.ts', 'allowed'],
  ['src/main/a.ts', 'electron', 'allowed'],
  ['src/main/a.ts', '../orchestrator/app.ts', 'refused'],
  ['src/main/a.ts', '../worker/limits.ts', 'refused'],
  ['src/main/a.ts', '../renderer/app/routes.ts', 'refused'],
  ['src/main/preload.ts', '../shared/ipc.ts', 'allowed'],
  ['src/main/preload.ts', '../platform/log.ts', 'refused'],
  ['src/main/preload.ts', 'node:fs', 'refused'],

  ['src/renderer/app/a.tsx', '../features/flows/page.tsx', 'allowed'],
  ['src/renderer/app/a.tsx', '../../shared/ids.ts', 'allowed'],
  ['src/renderer/api/a.ts', '../../platform/log.ts', 'refused'],
  ['src/renderer/api/a.ts', '../../orchestrator/services.ts', 'refused'],
  ['src/renderer/api/a.ts', '../../main/ipc.ts', 'refused'],
  ['src/renderer/api/a.ts', 'node:fs', 'refused'],
  ['src/renderer/features/flows/a.tsx', './canvas/step.tsx', 'allowed'],
  ['src/renderer/features/flows/a.tsx', '../../ui/button.tsx', 'allowed'],
  ['src/renderer/features/flows/a.tsx', '../../../shared/ids.ts', 'allowed'],
  ['src/renderer/features/flows/a.tsx', '../runs/page.tsx', 'refused'],
  ['src/renderer/features/flows/a.tsx', '../../../platform/log.ts', 'refused'],
  ['src/renderer/features/flows/canvas/a.tsx', '../page.tsx', 'allowed'],
  ['src/renderer/features/flows/canvas/a.tsx', '../../../ui/button.tsx', 'allowed'],
  ['src/renderer/features/flows/canvas/a.tsx', '../../runs/page.tsx', 'refused'],

  ['src/cli/a.ts', '../platform/supervise.ts', 'allowed'],
  ['src/cli/a.ts', '../shared/services.ts', 'allowed'],
  ['src/cli/a.ts', '../orchestrator/app.ts', 'refused'],
  ['src/cli/a.ts', '../worker/limits.ts', 'refused'],
];

interface Report {
  diagnostics: { category: string; location: { path: string; start: { line: number } } }[];
}

/** The samples file by file; the place in the list is the line of the import. */
const files = Map.groupBy(samples, ([file]) => file);
const refusals = new Set<string>();
let folder: string;

/** Writes the samples below a copy of the configuration; one run of Biome judges them all. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'otherthing-imports-'));
  const config = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
  writeFileSync(join(folder, 'biome.json'), JSON.stringify({ ...config, vcs: { enabled: false } }));
  for (const [file, lines] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), lines.map(([, imported]) => `import '${imported}';\n`).join(''));
  }
  for (const { category, location } of lint(folder)) {
    if (category === 'lint/style/noRestrictedImports') refusals.add(`${location.path}:${location.start.line}`);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('who may import whom (architecture.md)', () => {
  test.each(samples)('%s importing %s is %s', (file, imported, verdict) => {
    const line = 1 + (files.get(file) ?? []).findIndex(([, other]) => other === imported);
    expect(refusals.has(`${file}:${line}`) ? 'refused' : 'allowed').toBe(verdict);
  });
});

function lint(cwd: string): Report['diagnostics'] {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const run = spawnSync(process.execPath, [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'], {
    cwd,
    encoding: 'utf8',
  });
  return (JSON.parse(run.stdout) as Report).diagnostics;
}
