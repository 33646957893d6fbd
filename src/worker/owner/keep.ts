/** What this worker wants to be kept in `node-config.json`, which its parent writes. */
import type { NodeConfigFile } from '../../platform/node-config.ts';
import type { NodeConfig } from '../../shared/model/this-node.ts';
import type { NodeKeep, NodeOrder } from '../../shared/services.ts';

export interface Keeping {
  /** Resolves with the whole configuration once it is on disk; rejects when it could not be written, or nobody answers in time. */
  change: NodeConfigFile['change'];
  /** The parent's answer. */
  kept(order: Extract<NodeOrder, { do: 'kept' }>): void;
}

const patience = 10_000;

export function createKeeping(tellParent: (message: NodeKeep) => void, patienceMs = patience): Keeping {
  const open = new Map<number, PromiseWithResolvers<NodeConfig>>();
  let counter = 0;
  return {
    async change(changes, drop = []) {
      counter += 1;
      const id = counter;
      const asked = Promise.withResolvers<NodeConfig>();
      open.set(id, asked);
      const late = () => asked.reject(new Error('The configuration of this node was not kept in time'));
      const timer = setTimeout(late, patienceMs);
      tellParent({ type: 'node-keep', id, changes, drop: [...drop].map(String) });
      try {
        return await asked.promise;
      } finally {
        clearTimeout(timer);
        open.delete(id);
      }
    },
    kept({ id, config }) {
      if (config !== undefined) open.get(id)?.resolve(config);
      else open.get(id)?.reject(new Error('The configuration of this node could not be written'));
    },
  };
}
