/** Text from its bytes: UTF-8 or UTF-16 with its mark, else Windows-1252, which every sequence of bytes is (WHATWG Encoding). */
export function textOf(content: Uint8Array): string {
  const encoding = markOf(content);
  if (encoding !== null) return new TextDecoder(encoding).decode(content);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return new TextDecoder('windows-1252').decode(content);
  }
}

function markOf([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : null;
}
