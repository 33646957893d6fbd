/**
 * Who may talk to this host from a browser (pure). Loopback is not trust: any web page can reach 127.0.0.1 and any name can
 * be made to point there, so names and origins are compared with what is known.
 */

/** The desktop window's origin; it comes with bearer tokens, never with cookies. */
export const desktopOrigin = 'app://otherthing';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * True when the `Host` header names this host (DNS rebinding). `names` are those beside loopback; `address` is the one of
 * ours that the connection came to: whoever calls it by that has not been led here by a name.
 */
export function isKnownHost(header: string | undefined, names: readonly string[], address?: string): boolean {
  const name = /^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i.exec(header ?? '')?.[1]?.toLowerCase();
  if (name === undefined) return false;
  return loopbackNames.includes(name) || names.includes(name) || name === asHostName(address);
}

function asHostName(address: string | undefined): string | null {
  if (address === undefined) return null;
  const plain =
    address
      .toLowerCase()
      .replace(/^::ffff:(?=\d+\.)/, '')
      .split('%')[0] ?? '';
  return plain.includes(':') ? `[${plain}]` : plain;
}

export type OriginVerdict = 'none' | 'same' | 'desktop' | 'foreign';

/** Where a request comes from: no `Origin` at all (programs, and GETs of the page itself), our page, our window, or another site. */
export function judgeOrigin(origin: string | undefined, scheme: 'http' | 'https', host: string): OriginVerdict {
  if (origin === undefined) return 'none';
  if (origin === desktopOrigin) return 'desktop';
  return origin.toLowerCase() === `${scheme}://${host.toLowerCase()}` ? 'same' : 'foreign';
}

/**
 * S2: what changes something needs an origin that is ours. Without one only a request that brings its own credential passes,
 * since a browser adds cookies by itself, but neither a bearer token nor the code in a body.
 */
export function mayMutate(verdict: OriginVerdict, withCookie: boolean): boolean {
  switch (verdict) {
    case 'same':
      return true;
    case 'desktop':
    case 'none':
      return !withCookie;
    case 'foreign':
      return false;
  }
}
