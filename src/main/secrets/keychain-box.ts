import type { SafeStorage } from 'electron';
import { plainBox, type SecretBox } from '../../platform/secret-box.ts';

type Keychain = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
>;

const mark = 'keychain:';

/**
 * Secrets closed up by the keychain of this account. Where Linux has none, Electron would "encrypt" with a password that
 * everybody knows (`basic_text`): that protects nothing, so the file's permissions are what is said to protect them.
 */
export async function secretBox(keychain: Keychain, platform: string = process.platform): Promise<SecretBox> {
  const basic = platform === 'linux' && ['basic_text', 'unknown'].includes(keychain.getSelectedStorageBackend());
  if (basic || !(await keychain.isAsyncEncryptionAvailable())) return plainBox;
  return {
    protection: 'keychain',
    seal: async (text) => mark + (await keychain.encryptStringAsync(text)).toString('base64'),
    open: async (sealed) => {
      // Written while there was no keychain.
      if (!sealed.startsWith(mark)) return plainBox.open(sealed);
      return (await keychain.decryptStringAsync(Buffer.from(sealed.slice(mark.length), 'base64'))).result;
    },
  };
}
