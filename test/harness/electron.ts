/** What a desktop app is started with: the real Electron where a test run was given one, the stand-in everywhere else. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../src/platform/paths.ts';

/** The binary that `npm run test:electron` found. */
const electron = process.env['OTHERTHING_TEST_ELECTRON'];

/** The origin of the app's own pages as Chromium sees it. */
export const appOrigin = electron === undefined ? 'https://otherthing.app.standin' : 'app://otherthing';

/** Where the app says how to look inside its window; the first group is the address. */
export const devtoolsLine = electron === undefined ? /seen: devtools (\S+)/ : /DevTools listening on (ws:\S+)/;

const test = (...path: string[]) => join(packageRoot(), 'test', ...path);

const command = (app: string): [string, string[]] =>
  electron === undefined
    ? [
        process.execPath,
        ['--import', test('electron-stand-in', 'register.ts'), test('electron-stand-in', 'launch.ts'), app],
      ]
    : [electron, ['--require', test('electron-real', 'observe.cjs'), '--remote-debugging-port=0', app]];

/** Starts the built app in a folder, the checkout unless another is named; it takes controls over its IPC channel. */
export function spawnApp(args: readonly string[], env: Record<string, string>, app = packageRoot()): ChildProcess {
  const [program, first] = command(app);
  return spawn(program, [...first, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}
