import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { readJsonFile, writeJsonFile } from '../platform/json-file.ts';
import type { Clock } from '../shared/clock.ts';
import type { IdSource } from '../shared/ids.ts';
import { ResourceLimits } from '../shared/model/node.ts';
import { Id } from '../shared/model/values.ts';
import { formatShareKey, parseShareKey } from '../shared/share-key.ts';

/** `node-config.json`, with the first system's names. Fields of other versions are kept. */
export const NodeConfig = Type.Object(
  {
    nodeId: Id,
    /** What the node is called; without it, what the machine is called. */
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
    shareKey: Type.String({ minLength: 8, maxLength: 8 }),
    resourceLimits: ResourceLimits,
    remoteControlEnabled: Type.Boolean(),
    /** Origins of model servers beside those that listen where such programs usually do. */
    modelServers: Type.Optional(Type.Array(Type.String({ maxLength: 300, pattern: '^https?://' }), { maxItems: 16 })),
    /** Whether admins of the workspaces that it serves may fetch and remove models here. */
    allowModelChanges: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: true },
);
export type NodeConfig = Static<typeof NodeConfig>;

export interface NodeConfigFile {
  config: NodeConfig;
  /** For people: what was found damaged, and where it lies now. */
  notice: string | null;
  /** Changes some fields and writes the file whole; the change is in force when this resolves. */
  change(changes: Partial<NodeConfig>): Promise<NodeConfig>;
}

/** What an owner who never chose shares: every core, and most of the memory. */
const firstLimits: ResourceLimits = { ramPercent: 75 };

/** Opens the configuration of the node in a data folder; a missing one is made, a damaged one set aside. */
export async function openNodeConfig(dataDir: string, ids: IdSource, clock: Clock): Promise<NodeConfigFile> {
  const path = join(dataDir, 'node-config.json');
  const found = await readJsonFile(path, NodeConfig, clock);
  const shareKey = found.state === 'read' ? parseShareKey(found.value.shareKey) : null;
  const config = found.state === 'read' ? { ...found.value, shareKey: shareKey ?? newShareKey() } : freshConfig(ids);
  const file: NodeConfigFile = {
    config,
    notice:
      found.state === 'set-aside' ? `node-config.json was damaged (${found.reason}); it lies at ${found.keptAt}` : null,
    async change(changes) {
      const next = { ...file.config, ...changes };
      await writeJsonFile(path, next);
      file.config = next;
      return next;
    },
  };
  if (found.state !== 'read' || shareKey === null) await file.change({});
  return file;
}

/** A new share key: 40 random bits. */
export function newShareKey(): string {
  return formatShareKey(randomBytes(5));
}

export function freshConfig(ids: IdSource): NodeConfig {
  return {
    nodeId: ids.next('node'),
    shareKey: newShareKey(),
    resourceLimits: firstLimits,
    remoteControlEnabled: false,
  };
}
