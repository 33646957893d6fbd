import { describe, expect, test } from 'vitest';
import { type RouteName, routes } from '../../shared/api/routes.ts';
import { createIdSource } from '../../shared/ids.ts';
import type { RunService } from '../services.ts';
import { createMemoryStore } from '../store/memory.ts';
import { put, type Store } from '../store/store.ts';
import { audit as auditTable, members, workspaceSettings } from '../store/tables.ts';
import { type Act, createActing } from './acting.ts';
import { type Action, actions, untold } from './actions.ts';
import { createAuditLog } from './audit-log.ts';
import { auditText, csvCell } from './export.ts';
import { toldRuns } from './told-runs.ts';

let now = 1_800_000_000_000;
const clock = { now: () => now };

function build(store: Store = createMemoryStore()) {
  const failures: unknown[] = [];
  const ids = createIdSource(clock, Math.random);
  const acting = createActing({ store, clock, ids, log: { error: (details) => void failures.push(details) } });
  return { store, acting, log: createAuditLog(store), failures };
}

const act = (action: Action, more: Partial<Act> = {}): Act => ({
  action,
  actor: { by: 'token', userId: 'usr-1', name: 'Ana' },
  from: '192.0.2.1',
  workspaceId: 'ws-1',
  params: { id: 'ws-1', userId: 'usr-2' },
  body: {},
  ...more,
});
const member = { workspaceId: 'ws-1', userId: 'usr-2', role: 'viewer' as const, joinedAt: 1 };

describe('S13: acts', () => {
  test('S13: every route that changes something is told, or it is said why not; nothing is named twice', () => {
    const changing = (Object.keys(routes) as RouteName[]).filter((name) => routes[name].method !== 'GET');
    expect(changing.filter((name) => !(name in actions) && !(name in untold))).toEqual([]);
    expect(Object.keys(untold).filter((name) => name in actions)).toEqual([]);
  });

  test('S13: the entry is in the commit of the act: neither is there without the other', async () => {
    const calls: number[] = [];
    const inner = createMemoryStore();
    let broken = true;
    const { acting, log } = build({
      ...inner,
      commit(changes) {
        calls.push(changes.length);
        return broken && changes.length > 1 ? Promise.reject(new Error('full')) : inner.commit(changes);
      },
    });
    const perform = async () => {
      // Something else first, which is not the act.
      await acting.store.commit([put(workspaceSettings, { workspaceId: 'ws-1', name: 'x', value: 1 })]);
      await acting.store.commit([put(members, member)]);
      return { secret: 'not kept' };
    };
    const body = { name: 'Bo', role: 'viewer', password: 'hush' };
    await expect(acting.during(act(actions.addMember, { body }), perform)).rejects.toThrow('full');
    expect(await inner.count(members, {})).toBe(0);
    expect((await log.list('ws-1', {})).items).toEqual([]);
    broken = false;
    await acting.during(act(actions.addMember, { body }), perform);
    expect(calls).toEqual([1, 2, 1, 2]);
    expect((await log.list('ws-1', {})).items).toEqual([
      {
        id: expect.stringMatching(/^act-/),
        at: now,
        workspaceId: 'ws-1',
        actor: { by: 'token', userId: 'usr-1', name: 'Ana' },
        from: '192.0.2.1',
        action: 'member.added',
        target: 'usr-2',
        details: { name: 'Bo', role: 'viewer' },
      },
    ]);
  });

  test('S13: an act that is written elsewhere is told when it has succeeded; one that failed is not', async () => {
    const { acting, log, failures } = build();
    await acting.during(act(actions.cancelRun, { params: { id: 'run-1' } }), async () => ({ id: 'run-1' }));
    await expect(acting.during(act(actions.cancelRun), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect((await log.list('ws-1', {})).items).toMatchObject([{ action: 'run.cancelled', target: 'run-1' }]);
    expect(failures).toEqual([]);
  });

  test('S13: two acts at once keep to themselves; a token is told in every workspace of the person', async () => {
    const { acting, log, store } = build();
    await store.commit(
      ['ws-1', 'ws-2'].map((workspaceId) => put(members, { ...member, workspaceId, userId: 'usr-1' })),
    );
    await Promise.all([
      acting.during(act(actions.addMember), () => acting.store.commit([put(members, member)])),
      acting.during(act(actions.changeMember, { body: { role: 'admin' } }), async () => {
        await new Promise(setImmediate);
        await acting.store.commit([put(members, { ...member, role: 'admin' })]);
      }),
      acting.during(act(actions.createToken, { workspaceId: null, body: { name: 'ci' } }), async () => ({
        id: 'tok-1',
      })),
    ]);
    const told = async (where: string) => (await log.list(where, {})).items.map(({ action }) => action).sort();
    expect(await told('ws-1')).toEqual(['member.added', 'member.roleChanged', 'token.created']);
    expect(await told('ws-2')).toEqual(['token.created']);
  });

  test('S13: a run that a schedule starts is an act of the host; one that a person starts is told where they ask', async () => {
    const { acting, log } = build();
    const start: RunService['start'] = async () => ({ id: 'run-7' }) as never;
    const told = toldRuns({ start }, acting);
    const what = { workspaceId: 'ws-1', startedBy: 'Every night' } as Parameters<RunService['start']>[0];
    await told.start({ ...what, trigger: { kind: 'schedule', stepId: 's', at: 1 } });
    await told.start(what);
    expect((await log.list('ws-1', {})).items).toMatchObject([
      { action: 'run.started', target: 'run-7', actor: { by: 'host', name: 'schedule Every night' }, from: null },
    ]);
  });

  test('S13: read by page, by action, by group, by person and by time', async () => {
    const { acting, log } = build();
    const begin = now;
    for (const [index, action] of [
      actions.addMember,
      actions.cancelRun,
      actions.removeMember,
      actions.cancelRun,
    ].entries()) {
      now = begin + index * 1_000;
      const actor = { by: 'session' as const, userId: `usr-${index % 2}`, name: 'x' };
      await acting.during(act(action, { actor }), async () => ({}));
    }
    const names = async (filter: Parameters<typeof log.list>[1]) =>
      (await log.list('ws-1', filter)).items.map(({ action }) => action);
    expect(await names({})).toEqual(['run.cancelled', 'member.removed', 'run.cancelled', 'member.added']);
    expect(await names({ action: 'member' })).toEqual(['member.removed', 'member.added']);
    expect(await names({ action: 'member.added' })).toEqual(['member.added']);
    expect(await names({ action: 'nothing' })).toEqual([]);
    expect(await names({ userId: 'usr-0' })).toEqual(['member.removed', 'member.added']);
    expect(await names({ since: begin + 1_000, until: begin + 2_000 })).toEqual(['member.removed', 'run.cancelled']);
    const first = await log.list('ws-1', { limit: 3 });
    const second = await log.list('ws-1', { limit: 3, cursor: first.next ?? '' });
    expect([first.items.length, second.items.length, second.next]).toEqual([3, 1, null]);
    const all = await Array.fromAsync(log.all('ws-1', { since: begin + 2_000 }));
    expect(all.map(({ action }) => action)).toEqual(['member.removed', 'run.cancelled']);
  });
});

describe('S13: export', () => {
  test('S13: a cell that a spreadsheet would take for a formula is text', () => {
    expect(['=1+1', '+1', '-1', '@A1', '\t=1', ' =1', '\r\n=1'].map(csvCell)).toEqual([
      `'=1+1`,
      `'+1`,
      `'-1`,
      `'@A1`,
      `'\t=1`,
      `' =1`,
      `"'\r\n=1"`,
    ]);
    expect([csvCell('a "b", c'), csvCell('plain'), csvCell(null)]).toEqual(['"a ""b"", c"', 'plain', '']);
  });

  test('S13: one line an entry, as JSON or as CSV', async () => {
    const { acting, log, store } = build();
    const actor = { by: 'session' as const, userId: 'usr-1', name: '=cmd()' };
    await acting.during(act(actions.addMember, { actor, body: { role: 'admin' } }), async () => ({ id: 'usr-9' }));
    expect(await store.count(auditTable, {})).toBe(1);
    const [entry] = (await log.list('ws-1', {})).items;
    const text = async (format: 'csv' | 'jsonl') =>
      (await Array.fromAsync(auditText(log.all('ws-1', {}), format))).join('');
    expect(JSON.parse(await text('jsonl'))).toEqual(entry);
    const lines = (await text('csv')).split('\r\n');
    expect(lines[0]).toBe('id,time,workspace,by,user,name,from,action,target,details');
    expect(lines[1]).toContain(`,session,usr-1,'=cmd(),192.0.2.1,member.added,usr-9,"{""role"":""admin""}"`);
  });
});
