import { schemes } from './session.ts';

/** `app://otherthing/x` as Chromium can load it: `https://otherthing.app.standin/x`. */
export function toPage(url: string): string {
  const { protocol, host, pathname, search, hash } = new URL(url);
  const scheme = protocol.slice(0, -1);
  return schemes.has(scheme) ? `https://${host}.${scheme}.standin${pathname}${search}${hash}` : url;
}

/** The way back: what main is told. */
export function toApp(url: string): string {
  return url.replace(/^https:\/\/([a-z0-9-]+)\.([a-z]+)\.standin(?=[/?#]|$)/, '$2://$1');
}
