import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from './app.ts';
import { openBrowser } from './browser.ts';
import { obeyTests } from './controls.ts';

/** Does what `electron <folder>` does: loads the package's main file, then lets the app get ready. */
const folder = resolve(process.argv[2] ?? '.');
const { main, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
  'main' | 'version',
  string
>;
app.startedFrom(folder, version);
if (app.isPackaged) Object.assign(process, { resourcesPath: dirname(folder) });

await import(pathToFileURL(join(folder, main)).href);
await openBrowser();
obeyTests();
app.becomeReady();
