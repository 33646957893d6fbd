/** Crockford base 32: no I, L, O, U. https://www.crockford.com/base32.html */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
export const shareKeyLength = 8;

/** Makes a share key (8 characters) from 5 random bytes (40 bits). */
export function formatShareKey(bytes: Uint8Array): string {
  if (bytes.length !== 5) throw new RangeError('A share key is made from exactly 5 bytes');
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  let key = '';
  for (let shift = 35n; shift >= 0n; shift -= 5n) key += alphabet[Number((bits >> shift) & 31n)];
  return key;
}

/** Reads what a person typed: forgives case, spaces, hyphens and look-alikes. Answers null when it can't be a share key. */
export function parseShareKey(typed: string): string | null {
  const key = typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return key.length === shareKeyLength && [...key].every((character) => alphabet.includes(character)) ? key : null;
}
