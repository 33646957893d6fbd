/** The end-to-end tests of the desktop app on a real Electron: `npm run test:electron`. Without its binary it says so, and ends. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasDisplay } from '../src/platform/config.ts';
import { packageRoot } from '../src/platform/paths.ts';

const tests = ['desktop', 'desktop-journeys', 'hosts', 'kill-matrix', 'this-node', 'update-offered'];

/** Where the package `electron` has put its binary; null where its download did not come. */
function electronBinary(): string | null {
  const home = join(packageRoot(), 'node_modules', 'electron');
  const named = join(home, 'path.txt');
  if (!existsSync(named)) return null;
  const binary = join(home, 'dist', readFileSync(named, 'utf8').trim());
  return existsSync(binary) ? binary : null;
}

function refuse(why: string): never {
  console.error(why);
  process.exit(2);
}

const electron = electronBinary();
if (electron === null) {
  refuse(
    'There is no Electron here: its package could not download the binary. Run "node node_modules/electron/install.js" where ' +
      'it can, then this again. "npm test" runs the same tests on the stand-in.',
  );
}
if (!hasDisplay()) refuse('Electron needs a display. Run "xvfb-run npm run test:electron".');
const files = tests.map((name) => `test/e2e/${name}.test.ts`);
const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'e2e', ...files], {
  stdio: 'inherit',
  env: { ...process.env, OTHERTHING_TEST_ELECTRON: electron },
});
process.exit(status ?? 1);
