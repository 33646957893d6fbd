import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../shared/clock.ts';
import type { IdSource } from '../shared/ids.ts';
import type { ResourceLimits } from '../shared/model/node.ts';
import { NodeConfig } from '../shared/model/this-node.ts';
import { formatShareKey, parseShareKey } from '../shared/share-key.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

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
  let turn: Promise<unknown> = Promise.resolve();
  const file: NodeConfigFile = {
    config,
    notice:
      found.state === 'set-aside' ? `node-config.json was damaged (${found.reason}); it lies at ${found.keptAt}` : null,
    change(changes) {
      const written = turn.then(async () => {
        const next = { ...file.config, ...changes };
        await writeJsonFile(path, next);
        file.config = next;
        return next;
      });
      turn = written.catch(() => undefined);
      return written;
    },
  };
  if (found.state !== 'read' || shareKey === null) await file.change({});
  return file;
}

/** The configuration that the parent keeps: what changes here is in force at once, and the parent is told to write it. */
export function configOfParent(config: NodeConfig, keep: (changes: Partial<NodeConfig>) => void): NodeConfigFile {
  const file: NodeConfigFile = {
    config,
    notice: null,
    change: async (changes) => {
      file.config = { ...file.config, ...changes };
      keep(changes);
      return file.config;
    },
  };
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
