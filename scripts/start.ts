import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { hasDisplay } from '../src/platform/config.ts';
import { programPath } from '../src/platform/paths.ts';
import { buildAll } from './build/build.ts';
import { chooseStart } from './start/choice.ts';
import { fetchElectron, findElectron, runElectron } from './start/electron.ts';

/**
 * `npm start [-- --headless] [--data FOLDER] [--port NUMBER]`: builds what is stale, then starts the desktop app, or the
 * headless host where there can be none.
 */
const { values } = parseArgs({
  options: {
    headless: { type: 'boolean', default: false },
    data: { type: 'string' },
    port: { type: 'string' },
    'no-worker': { type: 'boolean', default: false },
  },
});

await buildAll({ say: console.log });

const choice = chooseStart({
  headlessAsked: values.headless,
  display: hasDisplay(),
  root: process.platform === 'linux' && process.getuid?.() === 0,
  electron: findElectron() !== null,
});

switch (choice.start) {
  case 'headless':
    await startHeadless(choice.why);
    break;
  case 'desktop':
    await startDesktop(findElectron());
    break;
  case 'get-electron':
    console.log('Fetching Electron …');
    await startDesktop(fetchElectron());
    break;
}

async function startDesktop(program: string | null): Promise<void> {
  if (program === null) return startHeadless('since Electron could not be fetched');
  console.log('Starting the desktop app.');
  const data = values.data === undefined ? {} : { OTHERTHING_DATA: values.data };
  const code = await runElectron(program, { ...process.env, ...data });
  if (code === null) return startHeadless('since the desktop app could not start');
  process.exitCode = code;
}

async function startHeadless(why: string): Promise<void> {
  console.log(`Starting the headless host, ${why}.\n`);
  const args = [
    ...(values.data === undefined ? [] : ['--data', values.data]),
    ...(values.port === undefined ? [] : ['--port', values.port]),
    ...(values['no-worker'] ? ['--no-worker'] : []),
    ...(hasDisplay() ? ['--open'] : []),
  ];
  process.argv.splice(1, Number.POSITIVE_INFINITY, programPath('cli'), 'host', ...args);
  await import(pathToFileURL(programPath('cli')).href);
}
