import { join } from 'node:path';
import { dataFolderFiles } from '../platform/data-folder.ts';
import type { OrchestratorStart } from '../shared/services.ts';
import type { AskThisNode } from './nodes/this-node-relay.ts';

/** What an orchestrator is started with. */
export interface OrchestratorConfig extends Omit<OrchestratorStart, 'type'> {
  /** How to ask the parent about this machine; without it there is nobody to ask. */
  askThisNode?: AskThisNode;
}

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
