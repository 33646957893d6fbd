import { EventEmitter } from 'node:events';
import { basename } from 'node:path';
import { closeBrowser } from './browser.ts';

/** Electron's `app`, as far as main uses it. The order of quitting is Electron's: before-quit, windows, will-quit, quit. */
class StandInApp extends EventEmitter {
  private readonly paths = new Map<string, string>();
  private readonly ready = Promise.withResolvers<void>();
  private quitting = false;
  /** Set by window.ts, which knows the windows. */
  closeWindows: () => Promise<void> = async () => undefined;

  becomeReady(): void {
    this.emit('ready');
    this.ready.resolve();
  }

  whenReady(): Promise<void> {
    return this.ready.promise;
  }

  setPath(name: string, path: string): void {
    this.paths.set(name, path);
  }

  enableSandbox(): void {}

  requestSingleInstanceLock(): boolean {
    return true;
  }

  releaseSingleInstanceLock(): void {}

  /** The folder that was started, and its version; an installed app lies in `app.asar`. */
  private folder = '';
  private version = '';

  startedFrom(folder: string, version: string): void {
    Object.assign(this, { folder, version });
  }

  get isPackaged(): boolean {
    return basename(this.folder) === 'app.asar';
  }

  getVersion(): string {
    return this.version;
  }

  getName(): string {
    return 'otherthing';
  }

  getAppPath(): string {
    return this.folder;
  }

  getPath(name: string): string {
    const path = this.paths.get(name);
    if (path === undefined) throw new Error(`Nobody set the path "${name}"`);
    return path;
  }

  relaunch(): void {
    console.log('seen: relaunch');
  }

  setLoginItemSettings(): void {
    throw new Error('Electron has no login items on Linux');
  }

  setAsDefaultProtocolClient(): boolean {
    return true;
  }

  get isQuitting(): boolean {
    return this.quitting;
  }

  quit(): void {
    if (!this.quitting) void this.quitInOrder();
  }

  private async quitInOrder(): Promise<void> {
    this.quitting = true;
    if (this.isHeldBack('before-quit')) return;
    await this.closeWindows();
    if (this.isHeldBack('will-quit')) return;
    this.emit('quit', {}, 0);
    await this.leave(0);
  }

  private isHeldBack(event: 'before-quit' | 'will-quit'): boolean {
    let heldBack = false;
    this.emit(event, { preventDefault: () => (heldBack = true) });
    if (heldBack) this.quitting = false;
    return heldBack;
  }

  exit(code = 0): void {
    void this.leave(code);
  }

  private async leave(code: number): Promise<void> {
    await closeBrowser();
    process.exit(code);
  }
}

export const app = new StandInApp();

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());
