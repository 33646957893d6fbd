import { table } from '../store.ts';

/**
 * What a node has earned with one kind of job: successes and faults as they weighed at `at`, and its recent attempts as
 * evidence (StoredAttempt of ../../reputation/ledger.ts). Written every few seconds, not per job.
 */
export interface NodeReputationRow {
  nodeId: string;
  kind: string;
  successes: number;
  faults: number;
  at: number;
  streak: number;
  agreed: number;
  recent: unknown;
}
export const nodeReputation = table<NodeReputationRow>({
  name: 'node_reputation',
  key: ['nodeId', 'kind'],
  columns: {
    nodeId: 'text',
    kind: 'text',
    successes: 'real',
    faults: 'real',
    at: 'integer',
    streak: 'integer',
    agreed: 'integer',
    recent: 'json',
  },
});
