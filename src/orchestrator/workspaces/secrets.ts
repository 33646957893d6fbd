import { createHash, timingSafeEqual } from 'node:crypto';

/** Gives `count` random bytes. */
export type RandomBytes = (count: number) => Uint8Array;

/** A credential: 256 random bits in base64url, 43 characters (S2). */
export function newSecret(random: RandomBytes): string {
  return Buffer.from(random(32)).toString('base64url');
}

/** What is kept of a secret: its SHA-256 in hexadecimal. 256 random bits need no salt and no slow hash. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Compares without telling by its time where two hashes differ. */
export function sameHash(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
