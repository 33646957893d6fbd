import { join } from 'node:path';
import { app, type BrowserWindow, screen } from 'electron';
import { readJsonFile, writeJsonFile } from '../platform/json-file.ts';
import type { Logger } from '../platform/log.ts';
import type { Clock } from '../shared/clock.ts';
import type { DesktopEvent, DesktopNews } from '../shared/ipc.ts';
import type { DesktopStanding } from '../shared/model/desktop.ts';
import { tellWindow } from './ipc.ts';
import { openWindow } from './window.ts';
import { placeFor, WindowPlace } from './window-place.ts';

/** What becomes of a window that is being closed; `ask` keeps it until somebody has answered. */
export type OnClose = 'close' | 'hide' | 'ask';

export interface AppWindow {
  /** Brings the window to the front; opens it, on this page, where there is none. */
  show(path?: string): void;
  close(): void;
  /** The window, while there is one. */
  current(): BrowserWindow | null;
  /** The frame of the window, or of the next one. */
  frame(): Frame;
  tell<Name extends DesktopEvent>(name: Name, news: DesktopNews<Name>): void;
}

type Frame = DesktopStanding['frame'];

interface AppWindowOptions {
  dataDir: string;
  clock: Clock;
  log: Logger;
  /** The frame that windows get from now on. */
  frame(): Frame;
  onClose(): OnClose;
  /** Asks the person; the window stays open meanwhile. */
  ask(window: BrowserWindow): void;
}

/** The one window of the app, where it was when it was last closed. */
export async function createAppWindow(options: AppWindowOptions): Promise<AppWindow> {
  const { log } = options;
  const file = join(options.dataDir, 'window.json');
  const kept = await readJsonFile(file, WindowPlace, options.clock);
  let place = kept.state === 'read' ? kept.value : null;
  let current: BrowserWindow | null = null;
  let frame = options.frame();

  const keepPlace = (window: BrowserWindow) => {
    place = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    writeJsonFile(file, place).catch((error: unknown) =>
      log.warn({ err: error }, 'the place of the window is not kept'),
    );
  };
  const open = (path?: string) => {
    const areas = screen.getAllDisplays().map(({ workArea }) => workArea);
    frame = options.frame();
    const window = openWindow(log, placeFor(place, areas), frame, path);
    if (place?.maximized === true) window.maximize();
    window.on('close', (event) => {
      keepPlace(window);
      const what = options.onClose();
      if (what === 'close') return;
      event.preventDefault();
      if (what === 'hide') window.hide();
      else options.ask(window);
    });
    window.once('closed', () => {
      current = null;
    });
    return window;
  };
  return {
    show(path) {
      if (current === null) {
        current = open(path);
        return;
      }
      if (current.isMinimized()) current.restore();
      current.show();
      current.focus();
      if (path !== undefined) tellWindow(current.webContents, 'open', path);
    },
    close: () => current?.close(),
    current: () => current,
    frame: () => (current === null ? options.frame() : frame),
    tell: (name, news) => {
      if (current !== null) tellWindow(current.webContents, name, news);
    },
  };
}

/** True from the moment on when the app is asked to end: then no window is kept. */
export function watchQuitting(): () => boolean {
  let quitting = false;
  app.on('before-quit', () => {
    quitting = true;
  });
  return () => quitting;
}
