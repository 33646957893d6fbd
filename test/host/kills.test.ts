/** An orchestrator as a real process, killed with -9 while people edit, and started again on the same folder. */
import { randomBytes } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../harness/host.ts';
import { type Editor, openEditor } from './editor.ts';
import { type OrchestratorProcess, startProcess } from './process.ts';
import { inlineFlow, signIn } from './support.ts';

const data = temporaryFolder('kills');
const tokens = {
  adminToken: randomBytes(32).toString('base64url'),
  workerToken: randomBytes(32).toString('base64url'),
};
let host: OrchestratorProcess | null = null;
const start = async () => {
  host = await startProcess({ dataDir: data.path, port: 0, ...tokens });
  return host;
};

afterEach(async () => {
  await host?.stop().catch(() => undefined);
  host = null;
});

const firstWorkspace = async (of: OrchestratorProcess) =>
  (await of.client.call('listWorkspaces', {})).items[0]?.id ?? '';

test('issue 3: no acknowledged edit is lost to kill -9, wherever it falls', async () => {
  let running = await start();
  const params = { id: await firstWorkspace(running) };
  const flow = await running.client.call('createFlow', { params, body: { file: inlineFlow('Edited') } });
  const acknowledged = new Set<string>();
  for (let round = 0; round < 5; round++) {
    const editors = await Promise.all([openEditor(running, flow.id), openEditor(running, flow.id)]);
    let dead = false;
    const type = async (editor: Editor, who: number) => {
      for (let at = 0; !dead; at += 5) {
        for (let key = at; key < at + 5; key++) editor.set(`r${round}-${who}-${key}`, key);
        await editor.whenSaved().catch(() => undefined);
      }
    };
    const typing = editors.map(type);
    // A different moment in every round, with work in flight.
    const enough = () => editors[0] !== undefined && editors[0].saved().size > 10 + 13 * round;
    await vi.waitFor(() => expect(enough()).toBe(true), { timeout: 60_000, interval: 1 });
    const dying = running.kill();
    dead = true;
    await dying;
    for (const editor of editors) {
      for (const key of editor.saved()) acknowledged.add(key);
      // Gone for good, so that nothing comes back from their side.
      editor.close();
    }
    await Promise.all(typing);
    running = await start();
    const { file } = await running.client.call('getFlow', { params: { id: flow.id } });
    const kept = new Set(Object.keys(file.settings));
    expect([...acknowledged].filter((key) => !kept.has(key))).toEqual([]);
  }
  expect(acknowledged.size).toBeGreaterThan(50);
});

test('issue 3: two people edit at once, one through a cut and a restart of the host; both hold every edit', async () => {
  const running = await start();
  const params = { id: await firstWorkspace(running) };
  const flow = await running.client.call('createFlow', { params, body: { file: inlineFlow('Cut') } });
  const [ana, bo] = await Promise.all([openEditor(running, flow.id), openEditor(running, flow.id)]);
  ana.set('before', 1);
  await ana.whenSaved();
  bo.cut();
  ana.set('ana', 2);
  bo.set('bo', 3);
  await ana.whenSaved();
  await bo.mend();
  await bo.whenSaved();
  const all = { before: 1, ana: 2, bo: 3 };
  await vi.waitFor(() => expect([ana.file().settings, bo.file().settings]).toEqual([all, all]));
  for (const editor of [ana, bo]) editor.close();
  await running.kill();
  const { file } = await (await start()).client.call('getFlow', { params: { id: flow.id } });
  expect(file.settings).toEqual(all);
});

test('data.md: what was answered is there after kill -9: people, tokens, files, versions; sessions go on', async () => {
  const running = await start();
  const workspaceId = await firstWorkspace(running);
  const { cookie } = await signIn(running.url, running.signInLink);
  const file = await running.client.upload(workspaceId, 'a.txt', 'kept', 'text/plain');
  const { member } = await running.client.call('addMember', {
    params: { id: workspaceId },
    body: { name: 'bo', role: 'member' },
  });
  const { secret } = await running.client.call('createToken', { body: { name: 'program' } });
  await running.kill();
  const again = await start();
  const headers = { authorization: `Bearer ${secret}` };
  expect(await (await fetch(`${again.url}/api/v1/files/${file.fileId}/content`, { headers })).text()).toBe('kept');
  const { items } = await again.client.call('listMembers', { params: { id: workspaceId } });
  expect(items.map((one) => one.userId)).toContain(member.userId);
  expect((await fetch(`${again.url}/api/v1/me`, { headers: { cookie } })).status).toBe(200);
});

test('an orchestrator that is asked to stop ends by itself, with 0, with sockets and edits open', async () => {
  const running = await start();
  const params = { id: await firstWorkspace(running) };
  const flow = await running.client.call('createFlow', { params, body: {} });
  const editor = await openEditor(running, flow.id);
  editor.set('x', 1);
  expect(await running.stop()).toBe(0);
  editor.close();
});

test('an orchestrator whose parent is gone ends by itself', async () => {
  const running = await start();
  const ended = new Promise((resolve) => running.child.once('exit', resolve));
  running.child.disconnect();
  expect(await ended).toBe(0);
  host = null;
});

test('first start makes the sample ready, with its images and its owner; a second start makes nothing twice', async () => {
  const folder = temporaryFolder('first');
  try {
    for (let time = 0; time < 2; time++) {
      const running = await startProcess({ dataDir: folder.path, port: 0, ...tokens });
      const { user } = await running.client.call('me', {});
      expect(user.hostAdmin).toBe(true);
      const { items: workspaces } = await running.client.call('listWorkspaces', {});
      expect(workspaces.map((workspace) => [workspace.name, workspace.role])).toEqual([['My workspace', 'owner']]);
      const id = workspaces[0]?.id ?? '';
      const { items: flows } = await running.client.call('listFlows', { params: { id } });
      expect(flows.map((flow) => [flow.name, flow.sample])).toEqual([['Read a stack of scanned receipts', 'receipts']]);
      const { file } = await running.client.call('getFlow', { params: { id: flows[0]?.id ?? '' } });
      const images = file.steps.find((step) => step.type === 'input')?.config['value'] as { fileId: string }[];
      expect(images.length).toBeGreaterThanOrEqual(24);
      const { items: files } = await running.client.call('listFiles', { params: { id } });
      expect(files.map((one) => one.fileId).sort()).toEqual(images.map((image) => image.fileId).sort());
      expect(await running.stop()).toBe(0);
    }
  } finally {
    folder.remove();
  }
});
