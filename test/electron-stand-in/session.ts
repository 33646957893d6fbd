/** `ipcMain`, `protocol` and `session`: what main registers, for the window to use. */
type InvokeHandler = (event: unknown, ...args: unknown[]) => unknown;
type ProtocolHandler = (request: Request) => Promise<Response>;
type RequestHandler = (
  contents: unknown,
  permission: string,
  answer: (granted: boolean) => void,
  details: { requestingUrl: string; isMainFrame: boolean },
) => void;
type CheckHandler = (
  contents: unknown,
  permission: string,
  origin: string,
  details: { isMainFrame: boolean },
) => boolean;

export const invokeHandlers = new Map<string, InvokeHandler>();
export const schemes = new Map<string, ProtocolHandler>();
const permissions: { request?: RequestHandler; check?: CheckHandler } = {};

export const ipcMain = {
  handle(channel: string, handler: InvokeHandler): void {
    if (invokeHandlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    invokeHandlers.set(channel, handler);
  },
  removeHandler: (channel: string) => void invokeHandlers.delete(channel),
};

export const protocol = {
  registerSchemesAsPrivileged: (): void => undefined,
  handle: (scheme: string, handler: ProtocolHandler) => void schemes.set(scheme, handler),
};

export const session = {
  /** Of electron-updater; its requests go by net.ts. */
  fromPartition: () => ({}),
  defaultSession: {
    setPermissionRequestHandler: (handler: RequestHandler) => {
      permissions.request = handler;
    },
    setPermissionCheckHandler: (handler: CheckHandler) => {
      permissions.check = handler;
    },
  },
};

/** Whether main grants a permission to the main frame of a page, asked in both of Electron's ways. Without handlers: yes, as Electron. */
export function isGranted(permission: string, url: string): boolean {
  const checked = permissions.check?.(null, permission, url, { isMainFrame: true }) ?? true;
  let requested = permissions.request === undefined;
  const answer = (granted: boolean) => {
    requested = granted;
  };
  permissions.request?.(null, permission, answer, { requestingUrl: url, isMainFrame: true });
  return checked && requested;
}
