/**
 * Seals what must never be read in the database (S5): AES-256-GCM, a random nonce for each, and what it belongs to as
 * associated data, so that a sealed text moved to another row does not open.
 *
 *     v1.<nonce, 12 bytes>.<tag, 16 bytes>.<cipher text>      each base64url
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { RandomBytes } from '../workspaces/secrets.ts';

export interface Vault {
  /** `belongsTo`: the workspace's id and the id or name within it. */
  seal(plain: string, ...belongsTo: readonly string[]): string;
  /** Null where it was sealed under another master key, for something else, or was changed. */
  open(sealed: string, ...belongsTo: readonly string[]): string | null;
}

export const masterKeyBytes = 32;
const algorithm = 'aes-256-gcm';
const [nonceBytes, tagBytes] = [12, 16];

export function createVault(masterKey: Buffer, random: RandomBytes): Vault {
  if (masterKey.length !== masterKeyBytes) throw new Error('A master key has 32 bytes');
  return {
    seal(plain, ...belongsTo) {
      const nonce = Buffer.from(random(nonceBytes));
      const cipher = createCipheriv(algorithm, masterKey, nonce, { authTagLength: tagBytes });
      cipher.setAAD(associated(belongsTo));
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return ['v1', ...[nonce, cipher.getAuthTag(), text].map((part) => part.toString('base64url'))].join('.');
    },
    open(sealed, ...belongsTo) {
      const [version, nonce = '', tag = '', text = ''] = sealed.split('.');
      if (version !== 'v1') return null;
      try {
        const decipher = createDecipheriv(algorithm, masterKey, Buffer.from(nonce, 'base64url'), {
          authTagLength: tagBytes,
        });
        decipher.setAAD(associated(belongsTo));
        decipher.setAuthTag(Buffer.from(tag, 'base64url'));
        return decipher.update(Buffer.from(text, 'base64url'), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        return null;
      }
    },
  };
}

const associated = (belongsTo: readonly string[]) => Buffer.from(JSON.stringify(belongsTo));
