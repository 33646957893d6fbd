import { join } from 'node:path';
import {
  BrowserWindow,
  type BrowserWindowConstructorOptions,
  dialog,
  type Session,
  shell,
  type WebContents,
} from 'electron';
import type { Logger } from '../platform/log.ts';
import { packageRoot } from '../platform/paths.ts';
import type { DesktopStanding } from '../shared/model/desktop.ts';
import { externalLink, isAllowedPermission, isOwnPage, ownOrigin } from './own-page.ts';
import { leastSize, type placeFor } from './window-place.ts';

/** Milliseconds after which a window is shown even if its page has not painted yet. */
const showAfter = 3_000;

/** The interface draws its own title bar, 36 px high; the system's buttons lie over it. */
const ownFrame: BrowserWindowConstructorOptions = {
  titleBarStyle: 'hidden',
  titleBarOverlay: { color: '#00000000', symbolColor: '#808690', height: 36 },
  trafficLightPosition: { x: 14, y: 11 },
};

/** Opens the window on a page of the interface, in a sandbox that reaches nothing but the preload bridge. */
export function openWindow(
  log: Logger,
  place: ReturnType<typeof placeFor>,
  frame: DesktopStanding['frame'],
  path = '/',
): BrowserWindow {
  const window = new BrowserWindow({
    ...place,
    ...(frame === 'own' ? ownFrame : {}),
    minWidth: leastSize.width,
    minHeight: leastSize.height,
    show: false,
    title: 'OtherThing',
    autoHideMenuBar: true,
    webPreferences: {
      preload: join(packageRoot(), 'dist', 'preload', 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    },
  });
  const timer = setTimeout(() => window.show(), showAfter);
  window.once('ready-to-show', () => {
    clearTimeout(timer);
    window.show();
  });
  window.once('closed', () => clearTimeout(timer));
  keepOnOwnPages(window.webContents);
  askBeforeLoss(window);
  window.loadURL(ownOrigin + path).catch((error: unknown) => log.error({ error }, 'the page could not be loaded'));
  return window;
}

/** A page that holds edits back from its end (beforeunload) would keep the window open without a word, and the app with it. */
function askBeforeLoss(window: BrowserWindow): void {
  window.webContents.on('will-prevent-unload', (event) => {
    const answer = dialog.showMessageBoxSync(window, {
      type: 'question',
      message: 'Your last edits have not reached the host yet',
      detail: 'They are lost when the window closes now.',
      buttons: ['Wait', 'Close anyway'],
      defaultId: 0,
      cancelId: 0,
    });
    if (answer === 1) event.preventDefault();
  });
}

/** No other page in this window, no new windows; a link that leads outside opens in the browser (S11). */
function keepOnOwnPages(contents: WebContents): void {
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return { action: 'deny' };
  });
  contents.on('will-navigate', (event) => {
    if (isOwnPage(event.url)) return;
    event.preventDefault();
    openOutside(event.url);
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

function openOutside(url: string): void {
  const link = externalLink(url);
  if (link !== null) void shell.openExternal(link);
}

/** Refuses every permission but those of isAllowedPermission. */
export function restrictPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl, isMainFrame }) =>
    answer(isAllowedPermission(permission, requestingUrl, isMainFrame)),
  );
  session.setPermissionCheckHandler((_contents, permission, origin, { isMainFrame }) =>
    isAllowedPermission(permission, origin, isMainFrame),
  );
}
