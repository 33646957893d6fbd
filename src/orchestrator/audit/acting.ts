/**
 * Who acts now. What a request does runs inside `during`; the first commit that changes the table of its action carries the
 * entry with it, so that neither is there without the other. Where the act is written elsewhere (a run's own loop, a node),
 * the entry follows when it has succeeded.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../../shared/clock.ts';
import type { IdSource } from '../../shared/ids.ts';
import type { AuditActor } from '../../shared/model/audit.ts';
import { type Change, put, type Store } from '../store/store.ts';
import { type AuditRow, audit, members } from '../store/tables.ts';
import type { Action } from './actions.ts';

export interface Act {
  readonly action: Action;
  readonly actor: AuditActor;
  /** Network address. */
  readonly from: string | null;
  readonly workspaceId: string | null;
  readonly params: object;
  readonly body: unknown;
}

export interface Acting {
  during<Value>(act: Act, perform: () => Promise<Value>): Promise<Value>;
  /** The store through which whatever may be an act is written. */
  readonly store: Store;
}

interface OpenAct extends Act {
  /** The logs that it goes into; null is the host's. */
  readonly logs: readonly (string | null)[];
  written: boolean;
}

export function createActing(deps: {
  store: Store;
  clock: Clock;
  ids: IdSource;
  log: { error(details: object, message: string): void };
}): Acting {
  const { store, clock, ids } = deps;
  const open = new AsyncLocalStorage<OpenAct>();

  const entries = (act: OpenAct, row: object): Change[] =>
    act.logs.map((workspaceId) => put(audit, entryOf(act, row, workspaceId, ids.next('act'), clock.now())));

  const commit = async (act: OpenAct, changes: readonly Change[], row: object): Promise<void> => {
    act.written = true;
    try {
      await store.commit([...changes, ...entries(act, row)]);
    } catch (error) {
      act.written = false;
      throw error;
    }
  };

  const logsOf = async ({ action, actor, workspaceId }: Act): Promise<(string | null)[]> => {
    if (action.log === 'host') return [null];
    if (action.log === 'workspace' || actor.userId === null) return [workspaceId];
    const mine = await store.list(members, { where: { userId: actor.userId } });
    return mine.length === 0 ? [null] : mine.map((member) => member.workspaceId);
  };

  return {
    async during(act, perform) {
      const opened: OpenAct = { ...act, logs: await logsOf(act), written: false };
      const value = await open.run(opened, perform);
      if (!opened.written) {
        await commit(opened, [], asRow(value)).catch((error: unknown) =>
          deps.log.error({ err: error, action: act.action.action }, 'An act could not be written into the audit log'),
        );
      }
      opened.written = true;
      return value;
    },
    store: {
      ...store,
      commit(changes) {
        const act = open.getStore();
        if (act === undefined || act.written) return store.commit(changes);
        const change = changes.find(({ table }) => table === act.action.table);
        return change === undefined ? store.commit(changes) : commit(act, changes, rowOf(change));
      },
    },
  };
}

function rowOf(change: Change): object {
  if (change.op === 'put') return change.row;
  return change.op === 'patch' ? { ...change.key, ...change.set } : change.where;
}

/** What an act answered stands in for the row that was written elsewhere. */
const asRow = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});

function entryOf(act: OpenAct, row: object, workspaceId: string | null, id: string, at: number): AuditRow {
  const { action, actor, from } = act;
  const { target } = action;
  const found: unknown =
    target === null
      ? null
      : 'param' in target
        ? Reflect.get(act.params, target.param)
        : (Reflect.get(row, target.column) ?? Reflect.get(row, 'id'));
  return {
    ...{ id, at, workspaceId, actor, address: from, action: action.action },
    userId: actor.userId,
    target: typeof found === 'string' ? found : null,
    details: { ...pick(row, action.row), ...pick(asRow(act.body), action.body) },
  };
}

/** Longer texts say nothing more here, and a log must stay small. */
const longest = 200;

function pick(from: object, fields: readonly string[]): Record<string, unknown> {
  const picked = fields.flatMap((field) => {
    const value: unknown = Reflect.get(from, field);
    if (value === undefined) return [];
    return [[field, typeof value === 'string' ? value.slice(0, longest) : value] as const];
  });
  return Object.fromEntries(picked);
}
