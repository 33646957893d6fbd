/** The window's origin; the orchestrator knows it by this name (data.md, desktop and browser). */
export const ownScheme = 'app';
export const ownOrigin = 'app://otherthing';

/** Whether an address is a page of ours. */
export function isOwnPage(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, username, port } = new URL(url);
  return protocol === `${ownScheme}:` && host === 'otherthing' && username === '' && port === '';
}

/**
 * An address outside that a person may open in their browser: parsed anew, https or mailto only, without credentials.
 * null where it may not be opened.
 */
export function externalLink(url: string): string | null {
  if (url.length > 2_048 || !URL.canParse(url)) return null;
  const parsed = new URL(url);
  const allowed = parsed.protocol === 'https:' || parsed.protocol === 'mailto:';
  return allowed && parsed.username === '' && parsed.password === '' ? parsed.href : null;
}

/** What Chromium may be asked for. Everything is refused but reaching our host, which may be on this machine or the LAN. */
export function isAllowedPermission(permission: string, url: string, isMainFrame: boolean): boolean {
  return grantable.has(permission) && isMainFrame && isOwnPage(url);
}

const grantable = new Set(['local-network-access', 'local-network', 'loopback-network']);
