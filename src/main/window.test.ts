import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Logger } from '../platform/log.ts';
import type { placeFor } from './window-place.ts';

const opened: string[] = [];
const windows: FakeWindow[] = [];

class FakeContents extends EventEmitter {
  onOpen: (details: { url: string }) => { action: string } = () => ({ action: 'allow' });
  setWindowOpenHandler(handler: FakeContents['onOpen']) {
    this.onOpen = handler;
  }
}

class FakeWindow extends EventEmitter {
  readonly options: { webPreferences: Record<string, unknown>; titleBarStyle?: string };
  readonly webContents = new FakeContents();
  readonly show = vi.fn();
  readonly loadURL = vi.fn(async () => undefined);
  constructor(options: FakeWindow['options']) {
    super();
    this.options = options;
    windows.push(this);
  }
}

vi.mock('electron', () => ({
  BrowserWindow: FakeWindow,
  dialog: {},
  shell: { openExternal: async (url: string) => void opened.push(url) },
}));
const { openWindow, restrictPermissions } = await import('./window.ts');

const log = { error: () => undefined } as unknown as Logger;
const place = { width: 800, height: 600 } as ReturnType<typeof placeFor>;
const open = (frame: 'own' | 'native' = 'own') => {
  openWindow(log, place, frame);
  return windows.at(-1) ?? expect.fail('no window was opened');
};
/** Whether main stops what Electron is about to do. */
const stops = (contents: FakeContents, name: string, details: object = {}) => {
  const preventDefault = vi.fn();
  contents.emit(name, { ...details, preventDefault });
  return preventDefault.mock.calls.length > 0;
};

beforeEach(() => {
  opened.length = 0;
});

describe("Electron's security checklist", () => {
  test('S11: sandbox, isolation and web security are on, Node is off, and nothing else is switched on', () => {
    expect(open().options.webPreferences).toEqual({
      preload: expect.stringMatching(/preload\.cjs$/),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    });
  });

  test('S11: loads our own page; others do not come into the window, and open in the browser where they may', () => {
    const { webContents, loadURL } = open();
    expect(loadURL).toHaveBeenCalledWith('app://otherthing/');
    expect(stops(webContents, 'will-navigate', { url: 'app://otherthing/w/ws-1/flows' })).toBe(false);
    expect(stops(webContents, 'will-navigate', { url: 'https://example.org/' })).toBe(true);
    expect(stops(webContents, 'will-navigate', { url: 'file:///etc/passwd' })).toBe(true);
    expect(opened).toEqual(['https://example.org/']);
  });

  test('S11: no new window, whatever asks; a link with another scheme is not handed to the system', () => {
    const { webContents } = open();
    for (const url of ['https://example.org/', 'app://otherthing/', 'smb://host/share', 'javascript:alert(1)']) {
      expect(webContents.onOpen({ url })).toEqual({ action: 'deny' });
    }
    expect(opened).toEqual(['https://example.org/']);
  });

  test('S11: no webview is attached', () => {
    expect(stops(open().webContents, 'will-attach-webview')).toBe(true);
  });

  test('S11: permissions are refused, asked in either way, but for reaching our host from our own main frame', () => {
    const handlers: Record<string, (...args: unknown[]) => unknown> = {};
    restrictPermissions({
      setPermissionRequestHandler: (handler: () => void) => (handlers['request'] = handler),
      setPermissionCheckHandler: (handler: () => boolean) => (handlers['check'] = handler),
    } as never);
    const requested = (permission: string, requestingUrl: string, isMainFrame = true) => {
      const answer = vi.fn();
      handlers['request']?.(null, permission, answer, { requestingUrl, isMainFrame });
      return answer.mock.calls[0]?.[0];
    };
    const page = 'app://otherthing/';
    for (const permission of ['media', 'geolocation', 'notifications', 'openExternal', 'clipboard-read', 'hid'])
      expect([requested(permission, page), handlers['check']?.(null, permission, page, { isMainFrame: true })]).toEqual(
        [false, false],
      );
    expect(requested('local-network-access', page)).toBe(true);
    expect(requested('local-network-access', page, false)).toBe(false);
    expect(requested('local-network-access', 'https://example.org/')).toBe(false);
  });
});

test('shown when its page has painted, or after three seconds', () => {
  vi.useFakeTimers();
  try {
    const painted = open();
    painted.emit('ready-to-show');
    expect(painted.show).toHaveBeenCalledTimes(1);
    const slow = open();
    vi.advanceTimersByTime(3_000);
    expect(slow.show).toHaveBeenCalledTimes(1);
  } finally {
    vi.useRealTimers();
  }
});

test('its own title bar, or the frame of the system', () => {
  expect(open('own').options.titleBarStyle).toBe('hidden');
  expect(open('native').options).not.toHaveProperty('titleBarStyle');
});
