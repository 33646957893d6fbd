import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** The only place that reads the environment; everything else is handed what it needs. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Machine {
  platform: NodeJS.Platform;
  home: string;
}

const thisMachine = (): Machine => ({ platform: process.platform, home: homedir() });

/** The absolute data folder: `--data`, else OTHERTHING_DATA, else where the platform keeps a user's data. */
export function dataFolder(option?: string, env: Environment = process.env, machine: Machine = thisMachine()): string {
  const asked = option ?? nonEmpty(env['OTHERTHING_DATA']);
  return asked === undefined ? platformDataFolder(env, machine) : resolve(asked);
}

function platformDataFolder(env: Environment, { platform, home }: Machine): string {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'OtherThing');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'OtherThing');
  const xdg = nonEmpty(env['XDG_DATA_HOME']);
  // The XDG specification: a relative path is invalid and is ignored.
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.local', 'share');
  return join(base, 'otherthing');
}

/**
 * Where the first system kept a node's configuration, for the data folder that takes its place: the usual one of this account.
 * Null for any other: several nodes must not become the same one.
 */
export function firstSystemConfig(
  dataDir: string,
  env: Environment = process.env,
  machine: Machine = thisMachine(),
): string | null {
  if (dataDir !== platformDataFolder(env, machine)) return null;
  return join(applicationData(env, machine), 'otherthing-node', 'node-config.json');
}

/** What Electron calls `appData`. */
function applicationData(env: Environment, { platform, home }: Machine): string {
  if (platform === 'win32') return env['APPDATA'] ?? join(home, 'AppData', 'Roaming');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  return nonEmpty(env['XDG_CONFIG_HOME']) ?? join(home, '.config');
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** OTHERTHING_LOG where it names a level, otherwise `info`. */
export function logLevel(env: Environment = process.env): LogLevel {
  return logLevels.find((level) => level === env['OTHERTHING_LOG']) ?? 'info';
}

/** Whether a window could be shown: always on Windows and macOS, elsewhere with an X or Wayland display. */
export function hasDisplay(env: Environment = process.env, machine: Machine = thisMachine()): boolean {
  if (machine.platform === 'win32' || machine.platform === 'darwin') return true;
  return nonEmpty(env['DISPLAY']) !== undefined || nonEmpty(env['WAYLAND_DISPLAY']) !== undefined;
}

/**
 * What a service gets of the environment: what programs need to run at all. Anything else, such as a token that
 * somebody exported in their shell, stays out of processes that execute other people's flows.
 */
export function serviceEnvironment(env: Environment = process.env): Record<string, string> {
  const passed = Object.entries(env).filter(([name, value]) => value !== undefined && isPassedOn(name));
  return Object.fromEntries(passed as [string, string][]);
}

const passedOn = new Set(
  [
    'PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TMPDIR TEMP TMP',
    'LOCALAPPDATA APPDATA USERPROFILE SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT PROGRAMFILES PROGRAMDATA',
    'LD_LIBRARY_PATH DYLD_LIBRARY_PATH CUDA_VISIBLE_DEVICES ROCR_VISIBLE_DEVICES HIP_VISIBLE_DEVICES',
    'SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS HTTP_PROXY HTTPS_PROXY NO_PROXY',
  ].flatMap((line) => line.split(' ')),
);

function isPassedOn(name: string): boolean {
  const upper = name.toUpperCase();
  return passedOn.has(upper) || upper.startsWith('LC_') || upper.startsWith('XDG_') || upper.startsWith('OTHERTHING_');
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}

/** What the system has to start to get this app, and where it looks for what is started at login (Linux). */
export interface StartedProgram {
  platform: NodeJS.Platform;
  /** Of an AppImage the image itself, which is elsewhere than what runs. */
  executable: string;
  configHome: string;
}

export function startedProgram(): StartedProgram {
  return {
    platform: process.platform,
    executable: process.env['APPIMAGE'] ?? process.execPath,
    configHome: process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'),
  };
}

/** The AppImage that this app runs from; its runtime says so. */
export function runningAppImage(env: Environment = process.env): string | undefined {
  return nonEmpty(env['APPIMAGE']);
}
