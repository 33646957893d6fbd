/**
 * What runs in the page. Each function is sent there as text, so it may use nothing from outside itself.
 *
 *   page's world                 preload's world                     main process
 *   window.<key>.f(…) ─ event ─▶ f(…) ─ ipcRenderer.invoke ─ binding ─▶ ipcMain.handle
 *                    ◀─ event ─      ◀───── standInAnswer(…) ──────────
 *   listener(…)      ◀─ event ─ ipcRenderer.on ◀─ standInReceive(…) ─── webContents.send
 */
export const preloadWorld = 'electron-preload';
/** The function of the preload's world through which main is reached. */
export const binding = 'standInInvoke';

export interface Invocation {
  id: number;
  channel: string;
  args: unknown[];
}

export interface Answer {
  id: number;
  value?: unknown;
  error?: string;
}

/**
 * In the page's world: builds what the preload exposes. Functions answer with promises; those that are given a listener answer at
 * once with a function, as subscriptions do.
 */
export function pageWorld(): void {
  const pending = new Map<number, (answer: Answer) => void>();
  const listeners = new Map<number, (...args: unknown[]) => void>();
  let calls = 0;
  const tell = (name: string, detail: object) =>
    dispatchEvent(new CustomEvent(name, { detail: JSON.stringify(detail) }));
  const listen = (name: string, receive: (detail: never) => void) =>
    addEventListener(name, (event) => receive(JSON.parse((event as CustomEvent<string>).detail) as never));

  listen('stand-in:answer', (answer: Answer) => {
    pending.get(answer.id)?.(answer);
    pending.delete(answer.id);
  });
  listen('stand-in:news', ({ id, args }: { id: number; args: unknown[] }) => listeners.get(id)?.(...args));
  listen('stand-in:expose', ({ key, values, functions }: { key: string; values: object; functions: string[] }) => {
    const subscribe = (name: string, args: unknown[]) => {
      calls += 1;
      const id = calls;
      listeners.set(id, args.find((arg) => typeof arg === 'function') as () => void);
      tell('stand-in:subscribe', { key, name, id, args: args.filter((arg) => typeof arg !== 'function') });
      return () => {
        listeners.delete(id);
        tell('stand-in:unsubscribe', { id });
      };
    };
    const ask = (name: string, args: unknown[]) =>
      new Promise((resolve, reject) => {
        calls += 1;
        pending.set(calls, ({ value, error }) => (error === undefined ? resolve(value) : reject(new Error(error))));
        tell('stand-in:call', { key, name, id: calls, args });
      });
    const call =
      (name: string) =>
      (...args: unknown[]) =>
        args.some((arg) => typeof arg === 'function') ? subscribe(name, args) : ask(name, args);
    const api = { ...values, ...Object.fromEntries(functions.map((name) => [name, call(name)])) };
    Object.defineProperty(window, key, { value: Object.freeze(api), enumerable: true });
  });
}

/** In the preload's world: what `require('electron')` and `process` are there. */
export function preloadGlobals(platform: string): void {
  const pending = new Map<number, (answer: Answer) => void>();
  const apis = new Map<string, Record<string, unknown>>();
  const channels = new Map<string, Set<(...args: unknown[]) => void>>();
  const subscriptions = new Map<number, () => void>();
  const scope = globalThis as unknown as Record<string, unknown>;
  let invocations = 0;
  const emit = (name: string, detail: unknown) =>
    dispatchEvent(new CustomEvent(name, { detail: JSON.stringify(detail) }));

  const ipcRenderer = {
    invoke: (channel: string, ...args: unknown[]) =>
      new Promise((resolve, reject) => {
        invocations += 1;
        const failed = (error: string) => reject(new Error(`Error invoking remote method '${channel}': ${error}`));
        pending.set(invocations, ({ value, error }) => (error === undefined ? resolve(value) : failed(error)));
        (scope['standInInvoke'] as (text: string) => void)(JSON.stringify({ id: invocations, channel, args }));
      }),
    on: (channel: string, listener: (...args: unknown[]) => void) =>
      void channels.set(channel, (channels.get(channel) ?? new Set()).add(listener)),
    off: (channel: string, listener: (...args: unknown[]) => void) => void channels.get(channel)?.delete(listener),
  };
  scope['standInReceive'] = (channel: string, args: unknown[]) => {
    for (const listener of channels.get(channel) ?? []) listener({}, ...args);
  };
  const contextBridge = {
    exposeInMainWorld: (key: string, api: Record<string, unknown>) => {
      apis.set(key, api);
      const entries = Object.entries(api);
      const functions = entries.filter(([, value]) => typeof value === 'function').map(([name]) => name);
      const values = Object.fromEntries(entries.filter(([, value]) => typeof value !== 'function'));
      emit('stand-in:expose', { key, values, functions });
    },
  };
  addEventListener('stand-in:call', (event) => {
    const { key, name, id, args } = JSON.parse((event as CustomEvent<string>).detail);
    const method = apis.get(key)?.[name] as (...args: unknown[]) => unknown;
    Promise.resolve()
      .then(() => method(...args))
      .then(
        (value) => emit('stand-in:answer', { id, value }),
        (error: Error) => emit('stand-in:answer', { id, error: error.message }),
      );
  });
  addEventListener('stand-in:subscribe', (event) => {
    const { key, name, id, args } = JSON.parse((event as CustomEvent<string>).detail);
    const method = apis.get(key)?.[name] as (...args: unknown[]) => () => void;
    subscriptions.set(
      id,
      method(...args, (...news: unknown[]) => emit('stand-in:news', { id, args: news })),
    );
  });
  addEventListener('stand-in:unsubscribe', (event) => {
    const { id } = JSON.parse((event as CustomEvent<string>).detail);
    subscriptions.get(id)?.();
    subscriptions.delete(id);
  });
  scope['standInAnswer'] = (answer: Answer) => {
    pending.get(answer.id)?.(answer);
    pending.delete(answer.id);
  };
  scope['process'] = { platform, type: 'renderer', sandboxed: true, contextIsolated: true };
  scope['require'] = (name: string) => {
    if (name === 'electron') return { ipcRenderer, contextBridge };
    throw new Error(`module not found: ${name}`);
  };
}

/** The source of a preload script, wrapped as Electron wraps it in a sandboxed window. */
export function preloadScript(code: string, platform: string): string {
  return `(${preloadGlobals})(${JSON.stringify(platform)});\n(function (require, module, exports) {${code}\n})(require, { exports: {} }, {});`;
}
