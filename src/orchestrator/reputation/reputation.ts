/**
 * Keeps what nodes have earned: told of every attempt that ends, it writes what changed every few seconds, and gives the
 * scheduler each node's standing. A kill loses at most what happened in the last `writeEvery` (5 s) and a write under way.
 */
import type { Clock } from '../../shared/clock.ts';
import type { NodeRecord, RecordedAttempt, Reputation } from '../../shared/model/node.ts';
import { hostNodeId } from '../host-executors/host-executor.ts';
import type { AttemptEnd } from '../jobs/engine.ts';
import type { Roster, RosterNode } from '../nodes/roster.ts';
import { put, remove, type Store } from '../store/store.ts';
import { type NodeReputationRow, nodeReputation } from '../store/tables.ts';
import type { Timers } from '../timers.ts';
import { createGiven } from './given.ts';
import {
  type CheckOutcome,
  countedAs,
  emptyLedger,
  type Ledger,
  median,
  medianMs,
  noted,
  reputationOf,
  type StoredAttempt,
  speedOf,
  trustIn,
} from './ledger.ts';

export const writeEvery = 5_000;
/** What was done in between counts less and less; the scheduler is told so now and then. */
const refreshEvery = 10 * 60_000;

export interface CheckedResult {
  readonly nodeId: string;
  readonly kind: string;
  readonly outcome: CheckOutcome;
  readonly jobId: string;
  readonly workspaceId: string;
  readonly label: string;
}

export interface Reputations {
  /** An attempt ended. */
  note(end: AttemptEnd): void;
  /** A result was compared with another node's. */
  checked(result: CheckedResult): void;
  of(nodeId: string): Reputation[];
  /** Results in a row on which another node agreed. */
  agreed(nodeId: string, kind: string): number;
  /** The evidence; jobs of workspaces that are not `visible` are not named. */
  record(nodeId: string, visible: (workspaceId: string) => boolean): NodeRecord;
  stop(): Promise<void>;
}

export interface ReputationDeps {
  store: Store;
  roster: Roster;
  clock: Clock;
  timers: Timers;
  log: { error(details: object, message: string): void };
}

/** Loads what is known; to be awaited before anything connects. */
export async function createReputations(deps: ReputationDeps): Promise<Reputations> {
  const { store, roster, clock, timers } = deps;
  const ledgers = new Map<string, Map<string, Account>>();
  const given = createGiven();
  const unsaved = new Set<string>();
  const unseen = new Set<string>();
  let typical = new Map<string, number | null>();
  /** Cards are drawn often, and a score is not found in no time. */
  const shownOf = new Map<string, Reputation[]>();

  const change = (nodeId: string, kind: string, attempt: StoredAttempt) => {
    const { fresh } = accountOf(nodeId, kind);
    if (fresh.push(attempt) >= mostFresh) ledgerOf(nodeId, kind);
    unsaved.add(nodeId);
    unseen.add(nodeId);
    // A fault steers the next placement already.
    if (attempt.counted === 'fault') showStanding(nodeId);
  };

  const accountOf = (nodeId: string, kind: string): Account => {
    let kinds = ledgers.get(nodeId);
    if (kinds === undefined) {
      kinds = new Map();
      ledgers.set(nodeId, kinds);
    }
    let account = kinds.get(kind);
    if (account === undefined) {
      account = { ledger: emptyLedger, fresh: [] };
      kinds.set(kind, account);
    }
    return account;
  };
  const ledgerOf = (nodeId: string, kind: string): Ledger => {
    const account = ledgers.get(nodeId)?.get(kind);
    return account === undefined ? emptyLedger : broughtUp(account);
  };
  const ledgersOf = (nodeId: string): (readonly [kind: string, ledger: Ledger])[] =>
    Array.from(ledgers.get(nodeId) ?? [], ([kind, account]) => [kind, broughtUp(account)] as const);

  // ---- what the scheduler sees ----

  const ownerOf = ({ row }: RosterNode) => row.ownerId ?? row.id;
  const lentBy = (owner: string) => {
    let cores = 0;
    for (const node of roster.all()) if (ownerOf(node) === owner) cores += node.view.shared.cores;
    return cores;
  };
  const showStanding = (nodeId: string) => {
    const node = roster.get(nodeId);
    shownOf.delete(nodeId);
    if (node === undefined) return;
    const now = clock.now();
    const kinds = new Map(
      ledgersOf(nodeId).map(([kind, ledger]) => {
        const speed = speedOf(medianMs(ledger), typical.get(kind) ?? null) ?? 1;
        return [kind, { trust: trustIn(ledger, now), speed }] as const;
      }),
    );
    const owner = ownerOf(node);
    roster.setStanding(nodeId, { kinds, given: given.share(owner, lentBy(owner), now) });
  };
  const findTypical = () => {
    const byKind = new Map<string, number[]>();
    for (const nodeId of ledgers.keys()) {
      for (const [kind, ledger] of ledgersOf(nodeId)) {
        const own = medianMs(ledger);
        if (own !== null) byKind.set(kind, [...(byKind.get(kind) ?? []), own]);
      }
    }
    typical = new Map([...byKind].map(([kind, values]) => [kind, values.length > 1 ? median(values) : null]));
  };
  const showAll = () => {
    findTypical();
    for (const nodeId of ledgers.keys()) showStanding(nodeId);
  };

  // ---- durable ----

  const write = async () => {
    const which = [...unsaved];
    unsaved.clear();
    const changes = which.flatMap((nodeId) =>
      ledgersOf(nodeId).map(([kind, ledger]) => put(nodeReputation, { nodeId, kind, ...ledger })),
    );
    if (changes.length === 0) return;
    await store.commit(changes).catch((error: unknown) => {
      for (const nodeId of which) unsaved.add(nodeId);
      deps.log.error({ err: error }, 'Reputation could not be written; it is tried again');
    });
  };
  const tick = () => {
    if (unseen.size > 0) {
      findTypical();
      for (const nodeId of unseen) showStanding(nodeId);
      unseen.clear();
    }
    void write();
  };

  for (const row of await store.list(nodeReputation, {})) {
    // Strangers are forgotten by the host, and what they earned with them.
    if (roster.get(row.nodeId) === undefined) {
      await store.commit([remove(nodeReputation, { nodeId: row.nodeId })]);
      continue;
    }
    accountOf(row.nodeId, row.kind).ledger = fromRow(row);
  }
  showAll();
  const stops = [timers.every(writeEvery, tick), timers.every(refreshEvery, showAll)];
  const reputationsOf = (nodeId: string): Reputation[] =>
    ledgersOf(nodeId)
      .map(([kind, ledger]) => reputationOf(kind, ledger, typicalFor(kind), clock.now()))
      .sort((left, right) => right.successes - left.successes || (left.kind < right.kind ? -1 : 1));
  const typicalFor = (kind: string) => typical.get(kind) ?? null;

  return {
    note({ nodeId, row, attempt, startedAt }) {
      const node = roster.get(nodeId);
      if (nodeId === hostNodeId || node === undefined) return;
      if (attempt.outcome === 'rejected' || attempt.outcome === 'running') return;
      const at = attempt.finishedAt ?? clock.now();
      const ms = Math.max(0, at - startedAt);
      given.add(ownerOf(node), row.requires.cores, Math.max(0, at - attempt.assignedAt), at);
      const { id: jobId, workspaceId, label } = row;
      const took = attempt.outcome === 'succeeded' || attempt.outcome === 'failed' ? ms : null;
      const { outcome } = attempt;
      change(nodeId, row.kind, {
        at,
        outcome,
        ms: took,
        ...countedAs(attempt),
        check: null,
        jobId,
        workspaceId,
        label,
      });
    },
    checked({ nodeId, kind, outcome, jobId, workspaceId, label }) {
      const verdicts = {
        agreed: { counted: null, why: 'Another node got the same result' },
        outvoted: { counted: 'fault', why: 'Two other nodes got another result' },
        undecided: { counted: null, why: 'No two nodes got the same result' },
      } as const;
      const attempt = {
        at: clock.now(),
        outcome: 'checked',
        ms: null,
        check: outcome,
        jobId,
        workspaceId,
        label,
      } as const;
      change(nodeId, kind, { ...attempt, ...verdicts[outcome] });
    },
    of(nodeId) {
      const known = shownOf.get(nodeId) ?? reputationsOf(nodeId);
      shownOf.set(nodeId, known);
      return known;
    },
    agreed: (nodeId, kind) => ledgerOf(nodeId, kind).agreed,
    record: (nodeId, visible) => ({
      nodeId,
      kinds: ledgersOf(nodeId).map(([kind, ledger]) => ({
        reputation: reputationOf(kind, ledger, typicalFor(kind), clock.now()),
        typicalMs: typicalFor(kind),
        agreed: ledger.agreed,
        attempts: ledger.recent.toReversed().map((attempt) => shown(attempt, visible)),
      })),
    }),
    async stop() {
      for (const stop of stops) stop();
      await write();
    },
  };
}

/** A ledger, and what happened since it was brought up to date: that is done for many attempts at once. */
interface Account {
  ledger: Ledger;
  readonly fresh: StoredAttempt[];
}
const mostFresh = 200;

function broughtUp(account: Account): Ledger {
  if (account.fresh.length > 0) account.ledger = noted(account.ledger, account.fresh);
  account.fresh.length = 0;
  return account.ledger;
}

function fromRow({ successes, faults, at, streak, agreed, recent }: NodeReputationRow): Ledger {
  return { successes, faults, at, streak, agreed, recent: recent as StoredAttempt[] };
}

/** Nothing crosses workspaces: of a job that one may not see, only that it happened is told. */
function shown(
  { jobId, workspaceId, label, why, ...attempt }: StoredAttempt,
  visible: (id: string) => boolean,
): RecordedAttempt {
  const mine = visible(workspaceId);
  const told = mine || attempt.counted !== 'fault' || attempt.check !== null ? why : 'A fault of the node';
  return { ...attempt, why: told, jobId: mine ? jobId : null, label: mine ? label : null };
}
