import { spawn } from 'node:child_process';
import { closeSync, copyFileSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import electronUpdater from 'electron-updater';
import { updateError } from './faults.ts';

/**
 * Puts the downloaded AppImage in the place of the one that runs: whole, or not at all. electron-updater's own way removes the old file
 * first, and leaves no app when the disk is full then. The path stays, so that what starts the app by it goes on.
 */
export class AtomicAppImageUpdater extends electronUpdater.AppImageUpdater {
  private readonly running: string;

  /** `running` is the AppImage that this app was started from. */
  constructor(running: string, app?: ConstructorParameters<typeof electronUpdater.AppImageUpdater>[1]) {
    super(undefined, app);
    this.running = running;
  }

  protected override doInstall({ isForceRunAfter }: { isForceRunAfter: boolean }): boolean {
    const from = this.installerPath;
    if (from === null) throw updateError('ERR_UPDATER_OLD_FILE_NOT_FOUND', 'Nothing has been downloaded');
    replaceFile(from, this.running);
    if (isForceRunAfter) spawn(this.running, [], { detached: true, stdio: 'ignore' }).unref();
    return true;
  }
}

/** Copies beside the target and renames over it: a reader finds the old file or the new one. What fails leaves the old one. */
export function replaceFile(from: string, target: string): void {
  const beside = `${target}.update`;
  try {
    copyFileSync(from, beside);
    const file = openSync(beside, 'r+');
    fchmodSync(file, 0o755);
    fsyncSync(file);
    closeSync(file);
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
