import type { NodeModel } from '../../shared/model/node.ts';
import { type FoundServer, lookAt, type ModelServer } from './servers.ts';

/** Which models this machine serves now. */
export interface ModelWatch {
  /** Each name once, as the first server that has it says. */
  models(): readonly NodeModel[];
  /** The server that has a model; null where none has. */
  serverOf(model: string): ModelServer | null;
  /** Servers of a kind, for what concerns a server rather than a model. */
  servers(): readonly ModelServer[];
  /** Looks anew; resolves when what was found is in force. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

export interface ModelWatchOptions {
  /** Origins of servers. */
  addresses: readonly string[];
  /** Told when the models changed. */
  onChanged(): void;
  /** Milliseconds between two looks. */
  everyMs?: number;
  look?: (url: string) => Promise<FoundServer | null>;
}

const usualInterval = 15_000;

/** Looks at the addresses now and then; the first look is over when this resolves. */
export async function watchModels(options: ModelWatchOptions): Promise<ModelWatch> {
  const { addresses, onChanged, everyMs = usualInterval, look = lookAt } = options;
  let found: readonly FoundServer[] = [];
  let looking: Promise<void> | null = null;
  let stopped = false;

  const lookNow = async () => {
    const answers = await Promise.all(addresses.map((url) => look(url).catch(() => null)));
    const next = answers.filter((answer) => answer !== null);
    const changed = JSON.stringify(next) !== JSON.stringify(found);
    found = next;
    if (changed && !stopped) onChanged();
  };
  const refresh = () => {
    looking ??= lookNow().finally(() => {
      looking = null;
    });
    return looking;
  };
  await refresh();
  const timer = setInterval(() => void refresh(), everyMs);
  timer.unref();

  return {
    models() {
      const byName = new Map<string, NodeModel>();
      for (const { models } of found)
        for (const model of models) if (!byName.has(model.name)) byName.set(model.name, model);
      return [...byName.values()];
    },
    serverOf: (model) => found.find(({ models }) => models.some(({ name }) => name === model))?.server ?? null,
    servers: () => found.map(({ server }) => server),
    refresh,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await looking;
    },
  };
}
