import { join } from 'node:path';
import type { OrchestratorStart } from '../shared/services.ts';

/** What an orchestrator is started with. */
export type OrchestratorConfig = Omit<OrchestratorStart, 'type'>;

/** Where things are in the data folder; `lock` is held by the one orchestrator that uses it. */
export function layoutOf(dataDir: string): { store: string; blobs: string; lock: string } {
  return { store: dataDir, blobs: join(dataDir, 'blobs'), lock: join(dataDir, 'orchestrator.lock') };
}
