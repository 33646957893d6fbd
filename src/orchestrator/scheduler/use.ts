/** What workspaces and their members use, now and lately: the measure of fair share (J7). */

/** How far back "lately" reaches: what was used this long ago weighs 1/e. */
export const memory = 60_000;

export interface Use {
  /** Cores that its jobs have reserved now. */
  readonly cores: number;
  /** The exponentially weighted mean of the cores it had, as it was at `at`. */
  readonly recent: number;
  readonly at: number;
  /** When a job of it was last placed; 0 for never. */
  readonly servedAt: number;
}

export interface WorkspaceUse extends Use {
  /** By the id of the member, null for jobs that nobody submitted. */
  readonly members: ReadonlyMap<string | null, Use>;
}

/** Cores now, and lately: short jobs that are gone when the next one is placed count too. */
export function burden(use: Use | undefined, now: number): number {
  return use === undefined ? 0 : use.cores + recentAt(use, now);
}

function recentAt({ cores, recent, at }: Use, now: number): number {
  return now <= at ? recent : cores + (recent - cores) * Math.exp((at - now) / memory);
}

export interface Uses {
  occupy(workspaceId: string, member: string | null, cores: number, now: number): void;
  vacate(workspaceId: string, member: string | null, cores: number, now: number): void;
  view(): ReadonlyMap<string, WorkspaceUse>;
}

interface Account {
  cores: number;
  recent: number;
  at: number;
  servedAt: number;
}
interface WorkspaceAccount extends Account {
  readonly members: Map<string | null, Account>;
}

/** More accounts than this are gone through for those that used nothing lately. */
const sweepFrom = 1_000;
const forgotten = 5 * memory;

export function createUses(): Uses {
  const workspaces = new Map<string, WorkspaceAccount>();
  let accounts = 0;
  let sweepAt = sweepFrom;

  const accountsOf = (workspaceId: string, member: string | null): [WorkspaceAccount, Account] => {
    let whole = workspaces.get(workspaceId);
    if (whole === undefined) {
      whole = { ...fresh(), members: new Map() };
      workspaces.set(workspaceId, whole);
    }
    let own = whole.members.get(member);
    if (own === undefined) {
      own = fresh();
      whole.members.set(member, own);
      accounts += 1;
    }
    return [whole, own];
  };
  const sweep = (now: number) => {
    for (const [workspaceId, whole] of workspaces) {
      for (const [member, own] of whole.members) {
        if (own.cores > 0 || now - own.at < forgotten) continue;
        whole.members.delete(member);
        accounts -= 1;
      }
      if (whole.members.size === 0) workspaces.delete(workspaceId);
    }
    sweepAt = Math.max(sweepFrom, 2 * accounts);
  };

  return {
    occupy(workspaceId, member, cores, now) {
      for (const account of accountsOf(workspaceId, member)) {
        change(account, cores, now);
        account.servedAt = now;
      }
      if (accounts > sweepAt) sweep(now);
    },
    vacate(workspaceId, member, cores, now) {
      for (const account of accountsOf(workspaceId, member)) change(account, -cores, now);
    },
    view: () => workspaces,
  };
}

const fresh = (): Account => ({ cores: 0, recent: 0, at: 0, servedAt: 0 });

function change(account: Account, cores: number, now: number): void {
  account.recent = recentAt(account, now);
  account.at = now;
  // Sums of fractions drift; nothing is used when less than a millionth of a core is.
  const sum = account.cores + cores;
  account.cores = sum < 1e-6 ? 0 : sum;
}
