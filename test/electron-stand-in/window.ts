import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { CDPSession, Page } from 'playwright-core';
import { toApp, toPage } from './addresses.ts';
import { app } from './app.ts';
import { browserContext } from './browser.ts';
import { invokeHandlers, isGranted } from './session.ts';
import { routeTraffic } from './traffic.ts';
import { type Answer, binding, type Invocation, pageWorld, preloadScript, preloadWorld } from './worlds.ts';

interface WindowOptions {
  x?: number;
  y?: number;
  width?: number;
  height?: number;
  show?: boolean;
  webPreferences?: { preload?: string; sandbox?: boolean; contextIsolation?: boolean; nodeIntegration?: boolean };
}

type OpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' };

class WebContents extends EventEmitter {
  openHandler: OpenHandler = () => ({ action: 'allow' });
  /** Set while a page stands that main can tell something. */
  receive: ((channel: string, args: unknown[]) => void) | null = null;

  send(channel: string, ...args: unknown[]): void {
    this.receive?.(channel, structuredClone(args));
  }

  isDestroyed(): boolean {
    return this.receive === null;
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler;
  }
}

/** A page that the window opened: its first request is refused (traffic.ts), which asks the handler; then it is closed. */
async function closeOnceAsked(popup: Page): Promise<void> {
  await popup.waitForEvent('requestfailed', { timeout: 2_000 }).catch(() => undefined);
  await popup.close();
}

const windows = new Set<BrowserWindow>();

/** A page of Chromium that behaves like a sandboxed window of Electron. */
export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents();
  private readonly options: WindowOptions;
  private readonly page: Promise<Page>;
  /** The address that main itself loads; every other navigation is asked about. */
  private loading: string | undefined;
  private closed = false;
  private visible = false;
  private maximized = false;

  constructor(options: WindowOptions = {}) {
    super();
    refuseUnsafe(options);
    this.options = options;
    windows.add(this);
    this.page = this.open();
  }

  static getAllWindows(): BrowserWindow[] {
    return [...windows];
  }

  private async open(): Promise<Page> {
    const context = browserContext();
    const page = await context.newPage();
    await routeTraffic(page, (url, isWindow) => this.mayNavigate(url, isWindow));
    await page.setViewportSize({ width: this.options.width ?? 800, height: this.options.height ?? 600 });
    page.on('domcontentloaded', () => this.emit('ready-to-show'));
    page.on('pageerror', (error) => console.error('stand-in page error', error));
    page.on('popup', (popup) => void closeOnceAsked(popup));
    page.on('close', () => this.forget());
    const { preload } = this.options.webPreferences ?? {};
    this.webContents.receive = await connectWorlds(page, await context.newCDPSession(page), preload);
    return page;
  }

  private mayNavigate(url: string, isWindow: boolean): boolean {
    if (!isWindow) return this.webContents.openHandler({ url }).action === 'allow';
    if (url === this.loading) return true;
    let stopped = false;
    this.webContents.emit('will-navigate', { url, preventDefault: () => (stopped = true) });
    return !stopped;
  }

  async loadURL(url: string): Promise<void> {
    const page = await this.page;
    this.loading = url;
    const { origin } = new URL(toPage(url));
    if (isGranted('local-network-access', url))
      await page.context().grantPermissions(['local-network-access'], { origin });
    await page.goto(toPage(url));
  }

  private forget(): void {
    if (this.closed) return;
    this.closed = true;
    this.webContents.receive = null;
    windows.delete(this);
    this.emit('closed');
    if (windows.size === 0 && !app.isQuitting) app.emit('window-all-closed');
  }

  /** What a person does with the window's button; main may keep it. */
  async close(): Promise<void> {
    let kept = false;
    this.emit('close', { preventDefault: () => (kept = true) });
    if (kept) return;
    await (await this.page).close();
    this.forget();
  }

  show(): void {
    this.visible = true;
    console.log('seen: window shown');
    this.emit('show');
  }

  hide(): void {
    this.visible = false;
    console.log('seen: window hidden');
    this.emit('hide');
  }

  isVisible(): boolean {
    return this.visible;
  }

  isDestroyed(): boolean {
    return this.closed;
  }

  getNormalBounds(): { x: number; y: number; width: number; height: number } {
    const { x = 0, y = 0, width = 800, height = 600 } = this.options;
    return { x, y, width, height };
  }

  isMaximized(): boolean {
    return this.maximized;
  }

  maximize(): void {
    this.maximized = true;
  }

  focus(): void {
    this.emit('focus');
  }

  isFocused(): boolean {
    return this.visible;
  }

  isMinimized(): boolean {
    return false;
  }

  restore(): void {
    this.emit('restore');
  }
}

app.closeWindows = async () => {
  await Promise.all([...windows].map((window) => window.close()));
};

function refuseUnsafe({ webPreferences = {} }: WindowOptions): void {
  const { sandbox, contextIsolation, nodeIntegration } = webPreferences;
  if (sandbox === true && contextIsolation === true && nodeIntegration === false) return;
  throw new Error('S11: a window is sandboxed and isolated, without Node');
}

/** The bridge between the page, the preload's isolated world, and main. */
async function connectWorlds(
  page: Page,
  devTools: CDPSession,
  preload: string | undefined,
): Promise<(channel: string, args: unknown[]) => void> {
  let world = 0;
  devTools.on('Runtime.executionContextCreated', ({ context }) => {
    if (context.name === preloadWorld) world = context.id;
  });
  devTools.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
    if (name === binding) void answer(page, devTools, executionContextId, JSON.parse(payload) as Invocation);
  });
  await devTools.send('Page.enable');
  await devTools.send('Runtime.enable');
  await devTools.send('Runtime.addBinding', { name: binding, executionContextName: preloadWorld });
  await devTools.send('Page.addScriptToEvaluateOnNewDocument', { source: `(${pageWorld})()` });
  const receive = (channel: string, args: unknown[]) => {
    const expression = `standInReceive(${JSON.stringify(channel)}, ${JSON.stringify(args)})`;
    // The page may be going elsewhere; it asks for how things stand when it is there.
    void devTools.send('Runtime.evaluate', { contextId: world, expression }).catch(() => undefined);
  };
  if (preload === undefined) return receive;
  const source = preloadScript(readFileSync(preload, 'utf8'), process.platform);
  await devTools.send('Page.addScriptToEvaluateOnNewDocument', { source, worldName: preloadWorld });
  return receive;
}

async function answer(page: Page, devTools: CDPSession, contextId: number, call: Invocation): Promise<void> {
  const result: Answer = await invoke(page, call).then(
    (value) => ({ id: call.id, value }),
    (error: unknown) => ({ id: call.id, error: String(error) }),
  );
  const expression = `standInAnswer(${JSON.stringify(result)})`;
  // The page may have gone elsewhere meanwhile.
  await devTools.send('Runtime.evaluate', { contextId, expression }).catch(() => undefined);
}

async function invoke(page: Page, { channel, args }: Invocation): Promise<unknown> {
  const handler = invokeHandlers.get(channel);
  if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
  const senderFrame = { url: toApp(page.url()), parent: null };
  return structuredClone(await handler({ senderFrame }, ...args));
}
