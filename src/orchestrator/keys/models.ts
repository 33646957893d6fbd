/** Every model that a workspace can reach: behind its keys, and on its nodes. */
import type { ReachableModel } from '../../shared/model/inference.ts';
import type { Node } from '../../shared/model/node.ts';
import type { NodeService } from '../services.ts';
import type { KeyService } from './key-service.ts';

export async function reachableModels(
  { keys, nodes }: { keys: Pick<KeyService, 'list'>; nodes: Pick<NodeService, 'list'> },
  workspaceId: string,
): Promise<ReachableModel[]> {
  const [held, machines] = await Promise.all([keys.list(workspaceId), nodes.list({ workspaceId })]);
  const behindKeys = held.flatMap(({ id, name, provider, enabled, models }) =>
    models.map(
      (model): ReachableModel => ({
        ref: { at: 'key', keyId: id, model: model.id },
        name: model.name ?? model.id,
        key: { id, name, provider, enabled },
        nodes: [],
        kind: /embed/i.test(model.id) ? 'embeddings' : 'unknown',
        contextLength: model.contextLength ?? null,
      }),
    ),
  );
  return [...onNodes(machines, workspaceId), ...behindKeys];
}

/** One entry for each model; the same one on several machines is one choice, and the scheduler's to place. */
function onNodes(machines: readonly Node[], workspaceId: string): ReachableModel[] {
  const byName = new Map<string, ReachableModel>();
  for (const machine of machines) {
    if (!machine.workspaces.some(({ id, state }) => id === workspaceId && state === 'serves')) continue;
    for (const { name, loaded, size_mb, context, kind } of machine.capabilities.models ?? []) {
      const known: ReachableModel = byName.get(name) ?? {
        ref: { at: 'node', model: name },
        name,
        nodes: [],
        kind: kind ?? 'unknown',
        contextLength: context ?? null,
      };
      known.nodes.push({
        nodeId: machine.id,
        name: machine.name,
        online: machine.status === 'online' && machine.available,
        loaded: loaded ?? null,
        sizeBytes: size_mb === undefined ? null : Math.round(size_mb * 1024 * 1024),
      });
      byName.set(name, known);
    }
  }
  return [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}
