import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** The name of a keyring makes one; without a name this is a Linux without any, as a machine without a desktop is. */
const keyring = process.env['STAND_IN_KEYRING'];
const key = createHash('sha256')
  .update(keyring ?? '')
  .digest();

export const safeStorage = {
  isAsyncEncryptionAvailable: async (): Promise<boolean> => true,
  getSelectedStorageBackend: (): string => (keyring === undefined ? 'basic_text' : 'gnome_libsecret'),
  async encryptStringAsync(text: string): Promise<Buffer> {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  },
  async decryptStringAsync(sealed: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }> {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
    decipher.setAuthTag(sealed.subarray(-16));
    const result = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8');
    return { result, shouldReEncrypt: false };
  },
};
