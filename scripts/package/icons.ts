/** Icon containers that hold PNG files. */
export interface IconPicture {
  /** Pixels of a side. */
  size: number;
  png: Buffer;
}

/** A Windows icon (ICO, https://learn.microsoft.com/previous-versions/ms997538(v=msdn.10)); sizes up to 256. */
export function icoFile(pictures: readonly IconPicture[]): Buffer {
  const header = Buffer.alloc(6);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.length, 4);
  let offset = 6 + 16 * pictures.length;
  const entries = pictures.map(({ size, png }) => {
    const entry = Buffer.alloc(16);
    // 0 stands for 256.
    entry.writeUInt8(size % 256, 0);
    entry.writeUInt8(size % 256, 1);
    entry.writeUInt16LE(1, 4);
    entry.writeUInt16LE(32, 6);
    entry.writeUInt32LE(png.length, 8);
    entry.writeUInt32LE(offset, 12);
    offset += png.length;
    return entry;
  });
  return Buffer.concat([header, ...entries, ...pictures.map(({ png }) => png)]);
}

/** The types of icns whose content is a PNG, by pixels of a side (https://en.wikipedia.org/wiki/Apple_Icon_Image_format). */
const icnsTypes: Record<number, string> = { 128: 'ic07', 256: 'ic08', 512: 'ic09', 1024: 'ic10' };

/** A macOS icon. Throws for a size that the format has no PNG for. */
export function icnsFile(pictures: readonly IconPicture[]): Buffer {
  const blocks = pictures.map(({ size, png }) => {
    const type = icnsTypes[size];
    if (type === undefined) throw new Error(`An icns holds no PNG of ${size} pixels`);
    return block(type, png);
  });
  return block('icns', Buffer.concat(blocks));
}

function block(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(content.length + 8, 4);
  return Buffer.concat([head, content]);
}
