import { join } from 'node:path';
import { readJsonFile, writeJsonFile } from '../../platform/json-file.ts';
import type { Clock } from '../../shared/clock.ts';
import { DesktopChoices } from '../../shared/model/desktop.ts';

export interface ChoicesFile {
  readonly current: DesktopChoices;
  /** Where a file that could not be read was put aside. */
  readonly setAside: string | null;
  /** Resolves when the choices are written. */
  change(choices: Partial<DesktopChoices>): Promise<void>;
}

/** Nothing goes on behind a closed window, starts by itself or interrupts before somebody has said so. */
const usual: DesktopChoices = { background: 'ask', openAtLogin: false, notify: false };

/** What this machine's person chose about the app, in `desktop.json` of the data folder. */
export async function openChoices(dataDir: string, clock: Clock): Promise<ChoicesFile> {
  const path = join(dataDir, 'desktop.json');
  const file = await readJsonFile(path, DesktopChoices, clock);
  let current = file.state === 'read' ? file.value : usual;
  let written: Promise<void> = Promise.resolve();
  return {
    get current() {
      return current;
    },
    setAside: file.state === 'set-aside' ? file.keptAt : null,
    change(choices) {
      current = { ...current, ...choices };
      const next = current;
      // One after the other, so that the last choice is the one that stays.
      written = written.catch(() => undefined).then(() => writeJsonFile(path, next));
      return written;
    },
  };
}
