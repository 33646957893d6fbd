/**
 * Links that the system hands to the app: `otherthing://join/…` and `otherthing://flow/<workspace>/<flow>`. Strict: exactly
 * these forms, or null (S11). Nobody acts on a link before a person has agreed in the window.
 */
import { parseJoinLink } from '../../shared/join-link.ts';
import type { DesktopLink } from '../../shared/model/desktop.ts';

export const linkScheme = 'otherthing';
const flowForm = /^otherthing:\/\/flow\/([A-Za-z0-9_-]{1,64})\/([A-Za-z0-9_-]{1,64})$/;

export function parseDeepLink(text: string): DesktopLink | null {
  if (parseJoinLink(text) !== null) return { kind: 'join', link: text.trim() };
  const [, workspaceId, flowId] = flowForm.exec(text) ?? [];
  return workspaceId === undefined || flowId === undefined ? null : { kind: 'flow', workspaceId, flowId };
}

/** The link among the arguments that a start was given; browsers and file managers pass it as one of them. */
export function linkAmong(args: readonly string[]): DesktopLink | null {
  const given = args.find((argument) => argument.startsWith(`${linkScheme}:`));
  return given === undefined ? null : parseDeepLink(given);
}
