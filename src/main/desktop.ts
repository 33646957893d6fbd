import { join } from 'node:path';
import { app, type BrowserWindow, dialog, shell } from 'electron';
import type { Logger } from '../platform/log.ts';
import type { SecretBox } from '../platform/secret-box.ts';
import type { Clock } from '../shared/clock.ts';
import type { DesktopChoices, DesktopLink, DesktopStanding, ServiceName } from '../shared/model/desktop.ts';
import { type AppWindow, createAppWindow, watchQuitting } from './app-window.ts';
import { openChoices } from './background/choices.ts';
import { hiddenStart, setOpenAtLogin } from './background/login-item.ts';
import { openTray } from './background/tray.ts';
import type { Handlers } from './ipc.ts';
import { linkAmong, parseDeepLink } from './links/deep-link.ts';
import { setMenu } from './menu.ts';
import { createNotices } from './notices.ts';
import { createServiceBoard, type ServiceBoard } from './services/service-board.ts';

type DesktopCalls = 'desktop' | 'restartService' | 'showLogs' | 'setChoices' | 'takeLink' | 'notify' | 'chooseFolder';

/** The app around the services: window, tray, menu, links, and what its person chose about them. */
export interface Desktop {
  readonly window: AppWindow;
  readonly board: ServiceBoard;
  handlers(services: { restart(name: ServiceName): void }): Pick<Handlers, DesktopCalls>;
  /** Opens the window, unless the system started the app by itself and it may go on without one. */
  begin(): void;
}

interface DesktopOptions {
  dataDir: string;
  box: SecretBox;
  clock: Clock;
  log: Logger;
  /** Of this start; one of them may be a link. */
  args: readonly string[];
}

export async function openDesktop({ dataDir, box, clock, log, args }: DesktopOptions): Promise<Desktop> {
  const choices = await openChoices(dataDir, clock);
  const isQuitting = watchQuitting();
  const board = createServiceBoard(clock, () => tellStanding());
  const window = await createAppWindow({
    ...{ dataDir, clock, log },
    frame: () => (choices.current.nativeFrame === true ? 'native' : 'own'),
    onClose: () => (isQuitting() || choices.current.background === 'off' ? 'close' : onClose(choices.current)),
    ask: (from) => void askToStay(from).catch((error: unknown) => log.error({ err: error }, 'nobody could be asked')),
  });
  const standing = (): DesktopStanding => ({
    choices: choices.current,
    services: board.list(),
    frame: window.frame(),
    secrets: box.protection,
    setAside: choices.setAside,
  });
  const tellStanding = () => window.tell('desktop', standing());

  let link: DesktopLink | null = linkAmong(args);
  /** The window asks before anything is done; one that has no page yet takes the link when it has. */
  const receive = (received: DesktopLink | null) => {
    window.show();
    if (received === null) return;
    link = received;
    window.tell('link', received);
  };

  let closeTray: (() => void) | null = null;
  const follow = () => {
    const wanted = choices.current.background === 'on';
    if (wanted) closeTray ??= openTray({ open: () => window.show(), quit: () => app.quit() });
    else {
      closeTray?.();
      closeTray = null;
    }
  };
  const choose = async (chosen: Partial<DesktopChoices>) => {
    if (chosen.openAtLogin !== undefined) await setOpenAtLogin(app, chosen.openAtLogin);
    await choices.change(chosen);
    follow();
    tellStanding();
  };
  /** Asked once: closing the window ends the app, or leaves this computer contributing (desktop.md). */
  const askToStay = async (from: BrowserWindow) => {
    const { response } = await dialog.showMessageBox(from, {
      type: 'question',
      message: 'Go on contributing when the window is closed?',
      detail:
        'OtherThing then stays in the tray, and this computer goes on working for your team. You can change this in Settings.',
      buttons: ['Go on in the tray', 'Quit', 'Cancel'],
      defaultId: 0,
      cancelId: 2,
    });
    if (response === 2) return;
    await choose({ background: response === 0 ? 'on' : 'off' });
    window.close();
  };

  app.on('second-instance', (_event, given: string[]) => receive(linkAmong(given)));
  app.on('open-url', (event, url) => {
    event.preventDefault();
    receive(parseDeepLink(url));
  });
  app.on('activate', () => window.show());
  // With a tray windows are hidden, not closed; what closes the last one ends the app.
  app.on('window-all-closed', () => app.quit());
  const showLogs = () => void shell.openPath(join(dataDir, 'logs'));
  const notify = createNotices(clock.now, (path) => window.show(path));

  return {
    window,
    board,
    handlers: (services) => ({
      desktop: standing,
      restartService: (name) => services.restart(name),
      showLogs,
      setChoices: async (chosen) => {
        await choose(chosen);
        return standing();
      },
      takeLink: () => {
        const taken = link;
        link = null;
        return taken;
      },
      notify: (notice) => {
        if (choices.current.notify && window.current()?.isFocused() !== true) notify(notice);
      },
      chooseFolder: () => chooseFolder(window.current()),
    }),
    begin() {
      setMenu({ open: () => window.show(), showLogs });
      follow();
      if (!(args.includes(hiddenStart) && choices.current.background === 'on')) window.show();
    },
  };
}

async function chooseFolder(window: BrowserWindow | null): Promise<string | null> {
  if (window === null) return null;
  const { filePaths } = await dialog.showOpenDialog(window, { properties: ['openDirectory', 'createDirectory'] });
  return filePaths[0] ?? null;
}

const onClose = ({ background }: DesktopChoices) => (background === 'on' ? 'hide' : 'ask');
