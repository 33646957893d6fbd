/**
 * The desktop bridge: what the preload script lays on `window.otherthing`, and nothing more than a browser cannot do
 * itself. A page without it runs in a browser and is served by its host.
 */
export interface DesktopBridge {
  readonly platform: 'linux' | 'darwin' | 'win32';
  /** The host that this window talks to, and the token that main made at this start. */
  host(): Promise<DesktopHost>;
}

export interface DesktopHost {
  /** Origin without a slash at the end, for example `http://127.0.0.1:4171`. */
  hostUrl: string;
  bearer: string;
}

/** The name of the bridge on `window`. */
export const bridgeName = 'otherthing';

/** Calls from the window to main, by channel. Main checks who calls, and that the arguments are what stands here. */
export interface DesktopCalls {
  'otherthing:host': { arguments: []; answer: DesktopHost };
}

export type DesktopChannel = keyof DesktopCalls;
