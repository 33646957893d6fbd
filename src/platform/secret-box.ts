/** Where secrets of this machine's person are closed up before they are written to a file. */
export interface SecretBox {
  /** `keychain`: only this account's keychain opens it again; `file`: nothing but the file's permissions protects it. */
  readonly protection: 'keychain' | 'file';
  seal(text: string): Promise<string>;
  /** Rejects for what this box did not close: another account, another machine, a damaged file. */
  open(sealed: string): Promise<string>;
}

/** In the data folder: the master key of the embedded host, closed up by the keychain of the account that runs the desktop app. */
export const sealedMasterKey = 'master.key.sealed';

const mark = 'plain:';

/** Where there is no keychain: as it is, for a file that only this account may read (S5). */
export const plainBox: SecretBox = {
  protection: 'file',
  seal: async (text) => mark + Buffer.from(text).toString('base64'),
  open: async (sealed) => {
    if (!sealed.startsWith(mark)) throw new Error('This was closed up by the keychain, which is not there now');
    return Buffer.from(sealed.slice(mark.length), 'base64').toString();
  },
};
