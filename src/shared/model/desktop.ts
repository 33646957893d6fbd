import { type Static, Type } from 'typebox';
import { Timestamp } from './values.ts';

/** What the desktop app tells its own window about itself; nothing of it leaves this machine. */
export const ServiceStanding = Type.Object({
  name: Type.Enum(['orchestrator', 'worker'] as const),
  state: Type.Enum(['starting', 'ready', 'waiting', 'failed', 'stopping', 'stopped'] as const),
  since: Timestamp,
  ended: Type.Integer({ minimum: 0, description: 'How often it ended without being asked, since the app started' }),
  reason: Type.Union([Type.String(), Type.Null()], { description: 'Why it last ended, or cannot start' }),
});
export type ServiceStanding = Static<typeof ServiceStanding>;
export type ServiceName = ServiceStanding['name'];

/** Choices of this machine's person about the app. */
export const DesktopChoices = Type.Object({
  background: Type.Enum(['ask', 'on', 'off'] as const, {
    description: 'Whether the app goes on in the tray when its window is closed; ask: nobody has agreed yet',
  }),
  openAtLogin: Type.Boolean(),
  notify: Type.Boolean({ description: 'Whether the system tells of runs that ended and approvals that wait' }),
  nativeFrame: Type.Optional(
    Type.Boolean({ description: "Windows with the system's own frame, from the next one on" }),
  ),
});
export type DesktopChoices = Static<typeof DesktopChoices>;

export const DesktopStanding = Type.Object({
  choices: DesktopChoices,
  services: Type.Array(ServiceStanding),
  frame: Type.Enum(['own', 'native'] as const, { description: 'What the window has now' }),
  secrets: Type.Enum(['keychain', 'file'] as const, { description: 'Where the keys of this machine are kept (S5)' }),
  /** Where a settings file that could not be read was put aside; it was replaced by the usual choices. */
  setAside: Type.Union([Type.String(), Type.Null()]),
});
export type DesktopStanding = Static<typeof DesktopStanding>;

/** One message of the system; a click on it opens the page at `path` (of the interface, beginning with `/`). */
export const DesktopNotice = Type.Object({
  title: Type.String({ minLength: 1, maxLength: 120 }),
  body: Type.String({ maxLength: 400 }),
  path: Type.String({ pattern: '^/[^/\\\\]', maxLength: 500 }),
});
export type DesktopNotice = Static<typeof DesktopNotice>;

/** A link that was opened with this app, and waits for a person to agree. */
export const DesktopLink = Type.Union([
  Type.Object({ kind: Type.Literal('join'), link: Type.String({ description: 'An invite link (join-link.ts)' }) }),
  Type.Object({ kind: Type.Literal('flow'), workspaceId: Type.String(), flowId: Type.String() }),
]);
export type DesktopLink = Static<typeof DesktopLink>;
