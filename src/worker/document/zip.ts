/** What a ZIP file says of itself (APPNOTE 6.3, 4.3): its entries, and how large they are when unpacked. Pure. */

export interface ZipEntry {
  readonly name: string;
  /** Bytes when unpacked, as the file claims. */
  readonly size: number;
}

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const endBytes = 22;
const longestComment = 0xffff;
const entryBytes = 46;

/** The entries of the central directory; null where there is none or it is damaged. */
export function zipEntries(content: Buffer): ZipEntry[] | null {
  const end = endOf(content);
  if (end === null) return null;
  const count = content.readUInt16LE(end + 10);
  const entries: ZipEntry[] = [];
  let at = content.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (at + entryBytes > content.length || content.readUInt32LE(at) !== entrySignature) return null;
    const [name, extra, comment] = [28, 30, 32].map((offset) => content.readUInt16LE(at + offset));
    const from = at + entryBytes;
    entries.push({ name: content.toString('utf8', from, from + (name ?? 0)), size: content.readUInt32LE(at + 24) });
    at = from + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
  return entries;
}

function endOf(content: Buffer): number | null {
  const last = content.length - endBytes;
  for (let at = last; at >= Math.max(0, last - longestComment); at -= 1)
    if (content.readUInt32LE(at) === endSignature) return at;
  return null;
}
