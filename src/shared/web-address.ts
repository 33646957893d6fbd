/** What lies below a web address, so that whoever is let in there gets nowhere else. Pure. */

/** What of the text is no address that others may lie below; null where it is one. */
export function wrongBase(text: string): string | null {
  const url = URL.parse(text.trim());
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return 'An address begins with https:// or http://';
  if (url.username !== '' || url.password !== '') return 'A name or a password does not belong into an address';
  return url.search === '' && url.hash === '' ? null : 'Only a beginning, without ? and #';
}

/**
 * Whether a URL is the base, or begins with it at a `/`. Escaped dots and slashes are refused: servers differ in whether they
 * undo them, and so could be led upwards again.
 */
export function liesBelow(url: URL, base: string): boolean {
  const above = URL.parse(base.trim());
  if (above === null || url.origin !== above.origin || url.username !== '' || url.password !== '') return false;
  const path = above.pathname.replace(/\/+$/, '');
  if (url.pathname !== path && !url.pathname.startsWith(`${path}/`)) return false;
  return !/%(?:2e|2f|5c|00)/i.test(url.pathname.slice(path.length));
}
