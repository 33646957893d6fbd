/** Media types by the ending of a name. What is not here is delivered as bytes and never shown. */
const byEnding: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  bmp: 'image/bmp',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  svg: 'image/svg+xml',
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  html: 'text/html',
  json: 'application/json',
  xml: 'application/xml',
  zip: 'application/zip',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  mp4: 'video/mp4',
  webm: 'video/webm',
};

/** Types that a browser can show without running anything in them. */
const shown = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
  'text/plain',
  'text/csv',
  'audio/mpeg',
  'audio/wav',
  'video/mp4',
  'video/webm',
]);

/** The media type of a file, from its name alone: what an uploader claims is not believed. */
export function mediaTypeOf(name: string): string {
  const ending = /\.([a-zA-Z0-9]{1,8})$/.exec(name)?.[1]?.toLowerCase();
  return (ending === undefined ? undefined : byEnding[ending]) ?? 'application/octet-stream';
}

/** `Content-Disposition`, RFC 6266: shown in place only where that is safe; the name in ASCII, and in UTF-8 for all newer clients. */
export function dispositionOf(name: string, mime: string): string {
  const ascii = name.replace(/[^\x20-\x7e]/g, '_').replace(/["\\]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${shown.has(mime) ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** A file's name without folders and control characters; never empty. */
export function cleanFileName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const cleaned = Array.from(last.toWellFormed()).filter(isPrintable).join('').trim();
  return cleaned === '' || cleaned === '.' || cleaned === '..' ? 'file' : cleaned.slice(0, 255);
}

function isPrintable(character: string): boolean {
  return character >= ' ' && character !== '\u007f';
}
