/** What the owner of this machine decides, kept by the process that supervises the worker; the same for CLI and desktop. */
import { hostname } from 'node:os';
import { Value } from 'typebox/value';
import { systemClock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { createIdSource } from '../shared/ids.ts';
import {
  type NodeConfig,
  type NodeReport,
  type NodeSettings,
  type ServedHost,
  type ThisNode,
  usualRules,
} from '../shared/model/this-node.ts';
import {
  type NodeKeep,
  NodeKeepSchema,
  type NodeOrder,
  NodeReportSchema,
  type ThisNodeCall,
  WorkerStandingSchema,
} from '../shared/services.ts';
import { firstSystemConfig } from './config.ts';
import { type Droppable, type NodeConfigFile, newShareKey, openNodeConfig } from './node-config.ts';
import { openStorageFolder } from './storage-folder.ts';

export interface ThisNodeService {
  /** What the next life of the worker starts with. */
  config(): NodeConfig;
  /** Takes what the worker says; anything else is left alone. */
  onWorker(message: unknown, answer: (order: NodeOrder) => void): void;
  /** Answers a question, or does what is asked, and answers how it is then. Rejects `node_away` while there is no worker. */
  answer(call: ThisNodeCall): Promise<ThisNode>;
}

export interface ThisNodeOptions {
  file: NodeConfigFile;
  /** False while there is no worker that could hear it. */
  tellWorker(order: NodeOrder): boolean;
  /** Origin of the host of this machine itself; null where this machine is only a node of others. */
  ownHost(): string | null;
  newKey?: () => string;
}

/** Opens `node-config.json` of a data folder, once taken over from the first system; a damaged one is set aside, and the node says so. */
export function openOwnConfig(dataDir: string): Promise<NodeConfigFile> {
  return openNodeConfig(dataDir, createIdSource(systemClock, Math.random), systemClock, firstSystemConfig(dataDir));
}

export function createThisNode({ file, tellWorker, ownHost, newKey = newShareKey }: ThisNodeOptions): ThisNodeService {
  const served = new Map<string, ServedHost>();
  let report: NodeReport | null = null;

  const view = (): ThisNode => {
    const { nodeId, shareKey, name, resourceLimits, remoteControlEnabled, rules } = file.config;
    return {
      nodeId,
      name: name ?? hostname().slice(0, 120),
      shareKey,
      limits: resourceLimits,
      remoteControl: remoteControlEnabled,
      rules: rules ?? usualRules,
      report,
      serves: [...served.values()],
      notice: file.notice,
      takenFrom: file.takenFrom,
    };
  };
  const keep = async (changes: Partial<NodeConfig>) => {
    const config = await file.change(changes);
    tellWorker({ do: 'config', config });
  };
  /** The worker goes on only once this is on disk; it may ask while it is still starting. */
  const keepForWorker = async ({ id, changes, drop }: NodeKeep, answer: (order: NodeOrder) => void) => {
    const config = await file.change(changes, drop as Droppable[]).catch(() => undefined);
    answer({ do: 'kept', id, ...(config === undefined ? {} : { config }) });
  };
  const order = (what: NodeOrder) => {
    if (!tellWorker(what)) throw new AppError('node_away', 'The worker of this machine does not run now');
  };

  return {
    config: () => file.config,
    onWorker(message, answer) {
      if (Value.Check(NodeReportSchema, message)) report = message.report;
      else if (Value.Check(NodeKeepSchema, message)) void keepForWorker(message, answer);
      else if (Value.Check(WorkerStandingSchema, message)) {
        const { url, standing, workspaces } = message;
        served.set(url, { url, own: url === ownHost(), standing, workspaces });
      }
    },
    async answer(call) {
      switch (call.do) {
        case 'look':
          return view();
        case 'change':
          await keep(changesBy(call.settings, file.config));
          return view();
        case 'pause':
          await keep({ paused: true });
          return view();
        case 'resume':
          await keep({ paused: false });
          order({ do: 'resume' });
          return view();
        case 'move':
          if (call.to !== null) await openStorageFolder(call.to, file.config.nodeId);
          order(call);
          return view();
        case 'cancel-move':
          order({ do: 'cancel-move' });
          return view();
        case 'drain':
          order({ do: 'drain' });
          return view();
        case 'rotate-key':
          await keep({ shareKey: newKey() });
          return view();
        case 'leave':
          if (!served.has(call.host)) throw new AppError('not_found', 'This machine does not serve that host');
          order(call);
          return view();
      }
    },
  };
}

/** What the owner's settings change in the configuration; what they leave out stays. Pure. */
export function changesBy({ limits, remoteControl, rules }: NodeSettings, config: NodeConfig): Partial<NodeConfig> {
  return {
    ...(limits === undefined ? {} : { resourceLimits: limits }),
    ...(remoteControl === undefined ? {} : { remoteControlEnabled: remoteControl }),
    ...(rules === undefined ? {} : { rules: { ...(config.rules ?? usualRules), ...rules } }),
  };
}
