import { formatJoinLink, parseJoinLink } from '../../../shared/join-link.ts';
import { parseShareKey } from '../../../shared/share-key.ts';

/** An invite link, or `KEY@host[:port]` as typed, put in order; null while it is neither. */
export function readJoinTarget(typed: string): string | null {
  const link = parseJoinLink(typed);
  if (link !== null) return `'${formatJoinLink(link)}'`;
  const [key, address, ...rest] = typed.trim().split('@');
  const parsed = key === undefined ? null : parseShareKey(key);
  if (parsed === null || address === undefined || rest.length > 0) return null;
  return /^[a-z0-9.-]+(:\d{1,5})?$|^\[[0-9a-f:]+\](:\d{1,5})?$/i.test(address) ? `${parsed}@${address}` : null;
}
