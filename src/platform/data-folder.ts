import { chmod, mkdir } from 'node:fs/promises';

/** Makes a folder that only its owner can enter, and closes one that was left open. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
}

/** What the host keeps in the data folder, beside its database. */
export const dataFolderFiles = {
  blobs: 'blobs',
  backups: 'backups',
  /** Texts and embeddings, a file per workspace. */
  vectors: 'vectors',
  /** Held by the one orchestrator that uses the folder. */
  lock: 'orchestrator.lock',
  /** Where a backup is unpacked before it takes the place of what is there. */
  restoring: 'restoring',
} as const;
