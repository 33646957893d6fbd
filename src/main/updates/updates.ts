import { join } from 'node:path';
import { readJsonFile, writeJsonFile } from '../../platform/json-file.ts';
import type { Clock } from '../../shared/clock.ts';
import {
  UpdateChoices,
  type UpdateFault,
  type UpdateObstacle,
  type UpdateState,
  type Updates,
} from '../../shared/model/updates.ts';
import { faultOf } from './faults.ts';
import type { Feed } from './feed.ts';
import { firstState, step, type UpdateDeed, type UpdateEvent } from './machine.ts';
import type { UpdateSource } from './source.ts';

export interface UpdatesOptions {
  dataDir: string;
  version: string;
  clock: Clock;
  source: UpdateSource | UpdateObstacle;
  openFeed(source: UpdateSource, channel: UpdateChoices['channel']): Promise<Feed>;
  /** Ends the services in order; jobs that still run are handed back. */
  stopServices(): Promise<void>;
  onChange(updates: Updates): void;
  onFault(fault: UpdateFault, error: unknown): void;
  /** The services have ended and the update did not begin: the app has to start anew. */
  onNotInstalled(fault: UpdateFault): void;
  /** Milliseconds. */
  firstCheckAfter?: number;
  checkEvery?: number;
}

/** The app's updates: looks by itself, downloads in the background, installs when a person says so or the app is closed. */
export interface UpdateService {
  standing(): Updates;
  check(older: boolean): void;
  /** The services end in order first: jobs that still run here are handed back. */
  install(): void;
  choose(choices: UpdateChoices): Promise<void>;
  stop(): void;
}

const usual: UpdateChoices = { enabled: true, channel: 'stable', atQuit: true };

export async function openUpdates(options: UpdatesOptions): Promise<UpdateService> {
  const { source, clock } = options;
  const path = join(options.dataDir, 'updates.json');
  const file = await readJsonFile(path, UpdateChoices, clock);
  let choices = file.state === 'read' ? file.value : usual;
  const obstacle = typeof source === 'string' ? source : choices.enabled ? null : 'switched-off';
  let state: UpdateState = firstState(obstacle);
  let checkedAt: number | null = null;
  let feed: Promise<Feed> | undefined;
  let stopped = false;

  const standing = (): Updates => ({ version: options.version, choices, state, checkedAt });

  const happen = (event: UpdateEvent): void => {
    if (stopped) return;
    const next = step(state, event);
    state = next.state;
    options.onChange(standing());
    for (const deed of next.deeds) act(deed);
  };

  const openedFeed = (): Promise<Feed> => {
    if (typeof source === 'string') return Promise.reject(new Error(`There are no updates: ${source}`));
    feed ??= options.openFeed(source, choices.channel);
    feed.catch(() => {
      feed = undefined;
    });
    return feed;
  };

  const attempt = async (
    during: UpdateFault['during'],
    work: (feed: Feed) => Promise<UpdateEvent | null>,
  ): Promise<UpdateFault | null> => {
    const opened = openedFeed();
    // Another channel was chosen meanwhile, or none: this one's answer is of no interest.
    const isOver = () => state.state === 'off' || (feed !== undefined && feed !== opened);
    try {
      const event = await opened.then(work);
      if (event !== null && !isOver()) happen(event);
      return null;
    } catch (error) {
      if (isOver()) return null;
      const fault = faultOf(error, during);
      options.onFault(fault, error);
      happen({ event: 'failed', fault });
      return fault;
    }
  };

  const check = (older: boolean) =>
    attempt('check', async (opened) => {
      const update = await opened.check(older);
      checkedAt = clock.now();
      return update === null ? { event: 'nothing' } : { event: 'found', update };
    });

  const download = () =>
    attempt('download', async (opened) => {
      await opened.download((progress) => happen({ event: 'progress', ...progress }));
      opened.installAtQuit(mayInstallAtQuit());
      return { event: 'downloaded' };
    });

  const install = async (): Promise<void> => {
    const fault = await attempt('install', async (opened) => {
      await options.stopServices();
      opened.install();
      return null;
    });
    if (fault !== null) options.onNotInstalled(fault);
  };

  /** A step back is only ever made by hand. */
  const mayInstallAtQuit = () => choices.atQuit && !('update' in state && state.update.older);

  const act = (deed: UpdateDeed): unknown => {
    switch (deed) {
      case 'check':
        return check(false);
      case 'check-older':
        return check(true);
      case 'download':
        return download();
      case 'cancel':
        return feed?.then((opened) => opened.cancel());
      case 'install':
        return install();
    }
  };

  const first = setTimeout(() => happen({ event: 'check', by: 'clock' }), options.firstCheckAfter ?? 30_000);
  const every = setInterval(() => happen({ event: 'check', by: 'clock' }), options.checkEvery ?? 6 * 3_600_000);

  return {
    standing,
    check: (older) => happen({ event: 'check', by: 'hand', older }),
    install: () => happen({ event: 'install' }),
    async choose(next) {
      const before = choices;
      choices = next;
      if (next.channel !== before.channel) {
        void feed?.then((opened) => opened.installAtQuit(false));
        const old = feed;
        feed = undefined;
        void old?.then((opened) => opened.cancel());
      } else void feed?.then((opened) => opened.installAtQuit(mayInstallAtQuit()));
      happen({ event: 'chosen', choices: next, before });
      await writeJsonFile(path, next);
    },
    stop() {
      stopped = true;
      clearTimeout(first);
      clearInterval(every);
    },
  };
}
