import { join } from 'node:path';
import { dataFolderFiles } from '../platform/data-folder.ts';
import type { OrchestratorStart } from '../shared/services.ts';

/** What an orchestrator is started with. */
export type OrchestratorConfig = Omit<OrchestratorStart, 'type'>;

/** Where things are in the data folder; `lock` is held by the one orchestrator that uses it. */
export function layoutOf(dataDir: string): {
  store: string;
  blobs: string;
  lock: string;
  backups: string;
  vectors: string;
} {
  const { blobs, lock, backups, vectors } = dataFolderFiles;
  return {
    store: dataDir,
    blobs: join(dataDir, blobs),
    lock: join(dataDir, lock),
    backups: join(dataDir, backups),
    vectors: join(dataDir, vectors),
  };
}
