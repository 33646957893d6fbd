/**
 * The desktop bridge: all that the window may ask of Electron's main process, and all that main tells it. One table: a call has
 * a name, the schemas of its arguments and of its answer; main hears nothing else (S11). What stands under a call here is
 * answered in src/main/<part>/, and put together in src/main/main.ts.
 *
 * A page without the bridge runs in a browser and is served by its host.
 */
import { type Static, type TObject, type TSchema, type TTuple, Type } from 'typebox';
import { DesktopChoices, DesktopLink, DesktopNotice, DesktopStanding, ServiceStanding } from './model/desktop.ts';
import { FoundHost, HostChoice, HostLook, JoinConfirmed, RemoteHost, RemoteHosts } from './model/remote-host.ts';
import { ThisNode } from './model/this-node.ts';
import { UpdateChoices, Updates } from './model/updates.ts';
import { Id } from './model/values.ts';
import type { Problem } from './problem.ts';
import { ThisNodeCallSchema } from './services.ts';

/** The host that this window talks to, and the token that main made at this start. */
export const DesktopHostSchema = Type.Object({
  hostUrl: Type.String({ description: 'Origin without a slash at the end, for example `http://127.0.0.1:4171`' }),
  bearer: Type.String(),
  choice: HostChoice,
});
export type DesktopHost = Static<typeof DesktopHostSchema>;

interface CallSchema {
  readonly arguments: TTuple | TObject;
  readonly answer: TSchema;
}

const call = <Arguments extends TSchema[], Answer extends TSchema>(args: [...Arguments], answer: Answer) => ({
  arguments: Type.Tuple(args),
  answer,
});

/** Calls from the window to main, by name. */
export const desktopCalls = {
  host: call([], DesktopHostSchema),

  // The app itself (src/main/desktop.ts).
  desktop: call([], DesktopStanding),
  restartService: call([ServiceStanding.properties.name], Type.Void()),
  showLogs: call([], Type.Void()),
  setChoices: call([Type.Partial(DesktopChoices, { additionalProperties: false })], DesktopStanding),
  /** The link that the app was opened with, once. */
  takeLink: call([], Type.Union([DesktopLink, Type.Null()])),
  notify: call([DesktopNotice], Type.Void()),
  /** Asks for a folder in the way of the system; null where nobody chose one. */
  chooseFolder: call([], Type.Union([Type.String(), Type.Null()])),

  // Updates of the app (src/main/updates).
  updates: call([], Updates),
  /** `true`: an older version counts too. */
  checkUpdates: call([Type.Boolean()], Updates),
  installUpdate: call([], Updates),
  chooseUpdates: call([UpdateChoices], Updates),

  // This machine as a node (src/main/main.ts); every answer is how it stands then.
  thisNode: call([ThisNodeCallSchema.properties.call], ThisNode),

  // Hosts on other machines (src/main/hosts).
  hosts: call([], RemoteHosts),
  findHosts: call([], Type.Array(FoundHost)),
  lookAtHost: call([Type.String({ maxLength: 2_048, description: 'An invite link, or KEY@host' })], HostLook),
  confirmHost: call([Id], HostLook),
  joinHost: call([JoinConfirmed], RemoteHost),
  chooseHost: call([HostChoice], Type.Void()),
  removeHost: call([Id], Type.Void()),
  trustHostAnew: call(
    [Id, Type.String({ maxLength: 80, description: 'The fingerprint that was compared' })],
    Type.Void(),
  ),
  contribute: call([Id, Id], Type.Void()),
  stopContributing: call([Id], Type.Void()),
} satisfies Record<string, CallSchema>;

/** What main tells the window unasked, by name. */
export const desktopEvents = {
  desktop: DesktopStanding,
  updates: Updates,
  /** A link was opened with the app; takeLink gives it. */
  link: DesktopLink,
  /** The page at this path is asked for, by a click on a message of the system. */
  open: Type.String(),
} satisfies Record<string, TSchema>;

export type DesktopCall = keyof typeof desktopCalls;
export type DesktopArguments<Name extends DesktopCall> = Static<(typeof desktopCalls)[Name]['arguments']>;
export type DesktopAnswer<Name extends DesktopCall> = Static<(typeof desktopCalls)[Name]['answer']>;
export type DesktopEvent = keyof typeof desktopEvents;
export type DesktopNews<Name extends DesktopEvent> = Static<(typeof desktopEvents)[Name]>;

/** Errors lose their code on their way to the window, so they travel as an answer. */
export type Answered<Value> = { answer: Value } | { problem: Problem };

/** What the preload script lays on `window.otherthing`, and nothing more than a browser cannot do itself. */
export interface DesktopBridge {
  readonly platform: 'linux' | 'darwin' | 'win32';
  call<Name extends DesktopCall>(name: Name, ...args: DesktopArguments<Name>): Promise<Answered<DesktopAnswer<Name>>>;
  /** Listens until the answer is called. */
  on<Name extends DesktopEvent>(name: Name, listener: (news: DesktopNews<Name>) => void): () => void;
}
