/** Over REST: who did what (S13), how long history is kept, and requests that come twice. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPerson, inlineFlow, startTestHost, type TestHost, type TestPerson } from './support.ts';

let host: TestHost;
let workspaceId: string;
let bo: TestPerson;
beforeAll(async () => {
  host = await startTestHost();
  workspaceId = (await host.owner.call('listWorkspaces', {})).items[0]?.id ?? '';
  bo = await addPerson(host, host.owner, workspaceId, '=Bo()', 'admin');
});
afterAll(async () => {
  await host.stop();
  host.remove();
});
const params = () => ({ id: workspaceId });
const audit = async (query: { action?: string; userId?: string } = {}) =>
  (await host.owner.call('listAudit', { params: params(), query })).items;

describe('the audit log over REST', () => {
  test('S13: who did what to what, from where, with no secret; also what a run and a token is', async () => {
    const flow = await bo.client.call('createFlow', { params: params(), body: { file: inlineFlow('Told') } });
    const run = await bo.client.call('startRun', { params: { id: flow.id }, body: {} });
    await bo.client.call('deleteFlow', { params: { id: flow.id } });
    const cy = await bo.client.call('addMember', { params: params(), body: { name: 'Cy', role: 'viewer' } });
    await bo.client.call('changeMember', {
      params: { id: workspaceId, userId: cy.member.userId },
      body: { role: 'member' },
    });
    await bo.client.call('removeMember', { params: { id: workspaceId, userId: cy.member.userId } });
    const entries = (await audit({ userId: bo.userId })).toReversed();
    expect(entries.map(({ action, target }) => [action, target])).toEqual([
      ['token.created', expect.stringMatching(/^tok-/)],
      ['flow.created', flow.id],
      ['run.started', run.id],
      ['flow.deleted', flow.id],
      ['member.added', cy.member.userId],
      ['member.roleChanged', cy.member.userId],
      ['member.removed', cy.member.userId],
    ]);
    expect(entries[2]).toMatchObject({ details: { flowId: flow.id, flowName: 'Told', number: 1 }, from: '127.0.0.1' });
    expect(entries[0]?.actor).toEqual({ by: 'session', userId: bo.userId, name: '=Bo()' });
    const code = new URLSearchParams(new URL(cy.signInLink).hash.slice(1)).get('code') ?? '';
    const everything = JSON.stringify(await audit());
    for (const secret of [code, bo.token, host.adminToken]) expect(everything).not.toContain(secret);
  });

  test('S13: what was refused or failed is no act', async () => {
    const before = (await audit()).length;
    await expect(
      bo.client.call('changeMember', { params: { id: workspaceId, userId: 'usr-none' }, body: { role: 'owner' } }),
    ).rejects.toMatchObject({ code: 'not_found' });
    await expect(bo.client.call('deleteWorkspace', { params: params() })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await audit()).toHaveLength(before);
  });

  test('S13: the log is exported whole, and a name that is a formula is text', async () => {
    const download = (format: string) =>
      fetch(`${host.url}/api/v1/workspaces/${workspaceId}/audit/export?format=${format}`, {
        headers: { authorization: `Bearer ${bo.token}` },
      });
    const csv = await download('csv');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="audit.csv"');
    expect(await csv.text()).toContain(`,session,${bo.userId},'=Bo(),127.0.0.1,token.created,`);
    const lines = (await (await download('jsonl')).text()).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual((await audit()).toReversed());
  });

  test('S13: the log of a workspace that is deleted stays, for the administrator of the host', async () => {
    const { id } = await host.owner.call('createWorkspace', { body: { name: 'To go' } });
    await host.owner.call('updateWorkspace', { params: { id }, body: { name: 'Going' } });
    await host.owner.call('deleteWorkspace', { params: { id } });
    const gone = await host.owner.call('listHostAudit', { query: { workspaceId: id } });
    expect(gone.items.map(({ action }) => action)).toEqual(['workspace.changed']);
    const { items } = await host.owner.call('listHostAudit', { query: { action: 'workspace' } });
    expect(items.map(({ action, target }) => [action, target])).toEqual([
      ['workspace.deleted', id],
      ['workspace.created', id],
    ]);
  });
});

describe('retention over REST', () => {
  test('data.md: 30 days unless said otherwise; null keeps for ever; what is held is counted', async () => {
    expect((await bo.client.call('getRetention', { params: params() })).historyDays).toBe(30);
    const set = await bo.client.call('setRetention', { params: params(), body: { historyDays: null } });
    expect(set).toMatchObject({ historyDays: null, holds: { runs: 1, jobs: 0, oldest: expect.any(Number) } });
    for (const historyDays of [0, 3_651, 1.5]) {
      const refused = bo.client.call('setRetention', { params: params(), body: { historyDays } });
      await expect(refused).rejects.toMatchObject({ code: 'bad_request' });
    }
    expect((await audit({ action: 'retention.changed' }))[0]?.details).toEqual({ historyDays: null });
  });
});

describe('requests that come twice', () => {
  const create = (key: string, name: string) =>
    fetch(`${host.url}/api/v1/workspaces/${workspaceId}/flows`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bo.token}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ name }),
    });

  test('protocol.md: however often and at once a request is sent with one key, it is done once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => create('key-1', 'Once')));
    const done = answers.filter(({ status }) => status === 201);
    const others = await Promise.all(
      answers
        .filter(({ status }) => status !== 201)
        .map(async (answer) => ((await answer.json()) as { code: string }).code),
    );
    expect(done.length).toBeGreaterThanOrEqual(1);
    expect(others.every((code) => code === 'idempotency_in_progress')).toBe(true);
    const again = await create('key-1', 'Once');
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    const { items } = await bo.client.call('listFlows', { params: params() });
    expect(items.filter(({ name }) => name === 'Once')).toHaveLength(1);
    expect(((await (await create('key-1', 'Other')).json()) as { code: string }).code).toBe('idempotency_mismatch');
  });
});
