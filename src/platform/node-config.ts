import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Clock } from '../shared/clock.ts';
import type { IdSource } from '../shared/ids.ts';
import type { ResourceLimits } from '../shared/model/node.ts';
import { NodeConfig } from '../shared/model/this-node.ts';
import { Id } from '../shared/model/values.ts';
import { formatShareKey, parseShareKey } from '../shared/share-key.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

export interface NodeConfigFile {
  config: NodeConfig;
  /** For people: what was found damaged, and where it lies now. */
  notice: string | null;
  /** The file of the first system that was taken over at this start. */
  takenFrom: string | null;
  /**
   * Changes some fields and drops others, of the limits too, so that what is changed elsewhere at the same time stays; writes
   * the file whole. The change is in force when this resolves.
   */
  change(changes: Partial<NodeConfig>, drop?: readonly Droppable[]): Promise<NodeConfig>;
}

/** A field of the configuration, or the drive among the limits. */
export type Droppable = keyof NodeConfig | 'storagePath';

/** What an owner who never chose shares: every core, and most of the memory. */
const firstLimits: ResourceLimits = { ramPercent: 75 };

/** What of the first system's file must be there; more is kept as it is. */
const FirstSystem = Type.Object({ nodeId: Id, shareKey: Type.String() }, { additionalProperties: true });

/**
 * Opens the configuration of the node in a data folder; a damaged one is set aside. A missing one is made, from the file of the
 * first system where there is one; that file stays as it is.
 */
export async function openNodeConfig(
  dataDir: string,
  ids: IdSource,
  clock: Clock,
  firstSystem: string | null = null,
): Promise<NodeConfigFile> {
  const path = join(dataDir, 'node-config.json');
  const found = await readJsonFile(path, NodeConfig, clock);
  const first = found.state === 'missing' && firstSystem !== null ? await readFirstSystem(firstSystem, ids) : null;
  const shareKey = found.state === 'read' ? parseShareKey(found.value.shareKey) : null;
  const config =
    found.state === 'read' ? { ...found.value, shareKey: shareKey ?? newShareKey() } : (first ?? freshConfig(ids));
  let turn: Promise<unknown> = Promise.resolve();
  const write = (nextOf: () => NodeConfig): Promise<NodeConfig> => {
    const written = turn.then(async () => {
      const next = nextOf();
      await writeJsonFile(path, next);
      file.config = next;
      return next;
    });
    turn = written.catch(() => undefined);
    return written;
  };
  const file: NodeConfigFile = {
    config,
    notice:
      found.state === 'set-aside' ? `node-config.json was damaged (${found.reason}); it lies at ${found.keptAt}` : null,
    takenFrom: first === null ? null : firstSystem,
    change: (changes, drop) => write(() => changed(file.config, changes, drop)),
  };
  if (found.state !== 'read' || shareKey === null) await file.change({});
  return file;
}

/** The first system's share key, limits and choices; null where the file is not there, or is none of it. */
async function readFirstSystem(path: string, ids: IdSource): Promise<NodeConfig | null> {
  try {
    const found: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (!Value.Check(FirstSystem, found)) return null;
    const config = { ...freshConfig(ids), ...found, shareKey: parseShareKey(found.shareKey) ?? newShareKey() };
    return Value.Check(NodeConfig, config) ? config : null;
  } catch {
    return null;
  }
}

/** The configuration that the parent keeps. `keep` resolves with all of it once the parent has written it. */
export function configOfParent(config: NodeConfig, keep: NodeConfigFile['change']): NodeConfigFile {
  const file: NodeConfigFile = {
    config,
    notice: null,
    takenFrom: null,
    async change(changes, drop) {
      file.config = await keep(changes, drop);
      return file.config;
    },
  };
  return file;
}

function changed(config: NodeConfig, changes: Partial<NodeConfig>, drop: readonly Droppable[] = []): NodeConfig {
  const resourceLimits = { ...config.resourceLimits, ...changes.resourceLimits };
  const next = { ...config, ...changes, resourceLimits };
  for (const name of drop) {
    if (name === 'storagePath') delete resourceLimits.storagePath;
    else delete next[name];
  }
  return next;
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
