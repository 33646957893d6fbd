/** The fingerprint of a certificate as people and links carry it: `sha256:` and the hash of its DER form in hexadecimal. */

/** Reads what was typed, copied from a link, or shown by other tools (`AA:BB:…`). Null when it is no SHA-256. */
export function parseFingerprint(typed: string): string | null {
  const hex = typed
    .trim()
    .toLowerCase()
    .replace(/^sha-?256\s*[:=]\s*/, '')
    .replace(/[:\s]/g, '');
  return /^[0-9a-f]{64}$/.test(hex) ? `sha256:${hex}` : null;
}

/** In groups, so that two people can compare it by reading it aloud. */
export function showFingerprint(fingerprint: string): string {
  const hex = fingerprint.replace(/^sha256:/, '').toUpperCase();
  return hex.match(/.{1,4}/g)?.join(' ') ?? hex;
}
