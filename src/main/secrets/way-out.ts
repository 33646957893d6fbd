import type { Dialog } from 'electron';
import type { SecretBox } from '../../platform/secret-box.ts';
import { AppError } from '../../shared/errors.ts';
import { desktopMasterKey, setAsideMasterKey } from './master-key.ts';

interface Asking {
  dataDir: string;
  box: SecretBox;
  dialog: Pick<Dialog, 'showMessageBox'>;
  now(): number;
}

const answers = ['Try again', 'Start without the stored keys', 'Quit'];

/**
 * The master key for the orchestrator (desktopMasterKey). Where the keychain does not open it, a person says how to go on: the closed
 * key is never overwritten, only put aside, so that whoever finds the keychain again finds the key too.
 */
export async function masterKeyOrWayOut({ dataDir, box, dialog, now }: Asking): Promise<string | undefined | 'quit'> {
  for (;;) {
    try {
      return await desktopMasterKey(dataDir, box);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'master_key_sealed') throw error;
      const { response } = await dialog.showMessageBox({
        type: 'warning',
        message: 'The keychain of this account does not open the keys that are stored here',
        detail:
          'Unlock or restore the keychain, and try again. Or start without them: every provider key and secret has to be put in again. The closed keys are kept in a file either way.',
        buttons: answers,
        defaultId: 0,
        cancelId: 2,
      });
      if (response === 2) return 'quit';
      if (response === 1) await setAsideMasterKey(dataDir, now());
    }
  }
}
