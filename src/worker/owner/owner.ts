/** Carries out what the owner of this machine decides, and tells hosts and the parent how it stands. */
import type { NodeConfigFile } from '../../platform/node-config.ts';
import type { Clock } from '../../shared/clock.ts';
import type { ResourceLimits } from '../../shared/model/node.ts';
import type { NodeConfig, NodeReport, NodeStanding } from '../../shared/model/this-node.ts';
import { sharedRoom } from '../../shared/room.ts';
import type { NodeOrder, PowerNews, WorkerNews } from '../../shared/services.ts';
import type { Machine } from '../hardware/machine.ts';
import type { HostDesks } from '../host-desks.ts';
import type { Slots } from '../jobs/slots.ts';
import type { Storage } from '../storage/storage.ts';
import { type Circumstances, standingOf } from './availability.ts';
import type { GivenBook } from './given.ts';
import { reportOf } from './report.ts';

export interface Owner {
  /** Whether the node takes jobs now, and why not. */
  standing(): NodeStanding;
  /** Looks at what may have changed; hosts and the parent learn what did. */
  look(): void;
  obey(order: Exclude<NodeOrder, { do: 'kept' }>): void;
  power(news: PowerNews): void;
  /** The machine has other hardware, or more of it is in use by others. */
  machineChanged(): void;
  /** An owner who allows it is asked from afar (N13). Where files are kept is never changed from afar. */
  hold(how: 'pause' | 'drain' | 'resume'): Promise<void>;
  changeLimits(limits: ResourceLimits): Promise<void>;
  stop(): void;
}

export interface OwnerDeps {
  config: NodeConfigFile;
  desks: HostDesks;
  machine: Machine;
  slots: Slots;
  storage: Storage;
  given: GivenBook;
  /** Where files are unless a drive was chosen. */
  home: string;
  coresBy: NodeReport['coresBy'];
  clock: Clock;
  tell(news: WorkerNews): void;
}

/** How often the rules are looked at, and the parent is told what changed, in milliseconds. */
const lookEvery = 1_000;
const mostJobs = 200;

export function createOwner(deps: OwnerDeps): Owner {
  const { config, desks, machine, slots, storage } = deps;
  const power: Pick<Circumstances, 'asleep' | 'onBattery' | 'idleSeconds'> = {
    asleep: false,
    onBattery: null,
    idleSeconds: null,
  };
  let draining = false;
  /** What hosts and the parent were told last. */
  let said = '';
  let told = '';

  const standing = () => {
    const how: Circumstances = { ...power, draining, moving: storage.moving(), paused: config.config.paused ?? false };
    return standingOf(new Date(deps.clock.now()), config.config.rules, how);
  };

  const report = (): NodeReport =>
    reportOf({
      standing: standing(),
      capabilities: machine.capabilities(),
      taken: slots.taken,
      coresBy: deps.coresBy,
      running: desks.works().slice(0, mostJobs),
      power: { onBattery: power.onBattery, idleSeconds: power.idleSeconds },
      storage: storage.look(),
      home: deps.home,
      given: deps.given.all(),
    });

  const look = () => {
    const how = JSON.stringify(standing());
    if (how !== said) {
      said = how;
      for (const desk of desks.all()) desk.tellAvailable();
    }
    const news = { type: 'node-report', report: report() } as const;
    const text = JSON.stringify(news);
    if (text === told) return;
    told = text;
    deps.tell(news);
  };

  const resize = () => {
    slots.resize(sharedRoom(machine.capabilities(), config.config.resourceLimits));
    storage.resize();
  };
  const tellLimits = () => {
    resize();
    for (const desk of desks.all()) desk.tellLimits();
  };
  const apply = (before: NodeConfig) => {
    tellLimits();
    const { shareKey, remoteControlEnabled } = config.config;
    for (const desk of desks.all()) {
      if (remoteControlEnabled !== before.remoteControlEnabled) desk.tellAvailable();
      if (shareKey !== before.shareKey) desk.tellKey();
    }
    look();
  };
  const drain = (on: boolean) => {
    draining = on;
    look();
  };

  const timer = setInterval(look, lookEvery);
  return {
    standing,
    look,
    obey(order) {
      switch (order.do) {
        case 'config': {
          const before = config.config;
          config.config = order.config;
          return apply(before);
        }
        case 'drain':
        case 'resume':
          return drain(order.do === 'drain');
        case 'leave':
          return desks.at(order.host)?.leave(order.workspaceId);
        case 'move':
          return void storage.move(order.to).then(tellLimits);
        case 'cancel-move':
          return storage.cancelMove();
      }
    },
    power({ asleep, onBattery, idleSeconds }) {
      const woke = power.asleep && !asleep;
      Object.assign(power, { asleep, onBattery, idleSeconds });
      look();
      if (woke) for (const desk of desks.all()) desk.resumed();
    },
    machineChanged() {
      resize();
      for (const desk of desks.all()) desk.tellCapabilities();
    },
    async hold(how) {
      if (how !== 'drain') await config.change({ paused: how === 'pause' });
      // Also what was so already is told again: somebody asked.
      said = '';
      drain(how === 'drain' || (draining && how === 'pause'));
    },
    async changeLimits({ storagePath: _, ...limits }) {
      await config.change({ resourceLimits: limits });
      tellLimits();
    },
    stop: () => clearInterval(timer),
  };
}
