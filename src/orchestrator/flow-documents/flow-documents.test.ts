import type { AddressInfo } from 'node:net';
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import * as Y from 'yjs';
import { AppError } from '../../shared/errors.ts';
import { rootOf, toFile } from '../../shared/flows/document.ts';
import { createIdSource } from '../../shared/ids.ts';
import type { FlowFile } from '../../shared/model/flow.ts';
import type { Role } from '../../shared/model/user.ts';
import type { LiveEvent } from '../../shared/protocol/live.ts';
import type { FlowService } from '../services.ts';
import { createMemoryStore } from '../store/memory.ts';
import type { Change, Store } from '../store/store.ts';
import { flows as flowTable, flowUpdates } from '../store/tables.ts';
import { createManualTimers } from '../timers.ts';
import { createOpenSockets } from '../workspaces/open-sockets.ts';
import { documentLimits } from './document-log.ts';
import { createFlowDocumentParts, type FlowDocumentParts } from './parts.ts';

const ana = { userId: 'usr-ana', name: 'Ana' };
const workspaceId = 'ws-1';

/** A store whose commits can be held back, refused, and counted. */
function watchedStore() {
  const inner = createMemoryStore();
  const gate = { held: Promise.resolve(), refuse: null as AppError | null, updates: 0 };
  const store: Store = {
    ...inner,
    async commit(changes: readonly Change[]) {
      await gate.held;
      if (gate.refuse !== null) throw gate.refuse;
      gate.updates += changes.filter((change) => change.op === 'put' && change.table.name === 'flow_updates').length;
      return inner.commit(changes);
    },
  };
  return { store, gate };
}

let parts: FlowDocumentParts;
let flows: FlowService;
let server: WebSocketServer;
let gate: ReturnType<typeof watchedStore>['gate'];
let store: Store;
let events: LiveEvent[];
let role: Role;
let removed: Set<string>;
let stops: (() => void)[];
const sockets = createOpenSockets();
let now = 1_800_000_000_000;
const timers = createManualTimers();

function build(on: Store): FlowDocumentParts {
  const clock = { now: () => now++ };
  return createFlowDocumentParts({
    store: on,
    clock,
    ids: createIdSource(clock, Math.random),
    hub: { publish: (_workspace, _topic, event) => void events.push(event), position: () => ({ epoch: 'e', seq: 0 }) },
    sockets,
    log: pino({ level: 'silent' }),
    admit: async (ticket) => {
      if (ticket === 'bad') throw new AppError('ticket_spent');
      if (removed.has(ticket)) throw new AppError('not_found');
      return { userId: `usr-${ticket}`, name: ticket, credentialId: null, workspaceId, role };
    },
    sampleFile: () => Promise.reject(new AppError('not_found')),
    runs: () => ({ lastOf: async () => new Map() }),
    timers,
  });
}

beforeEach(async () => {
  ({ store, gate } = watchedStore());
  events = [];
  stops = [];
  role = 'member';
  removed = new Set();
  parts = build(store);
  flows = parts.flows;
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket, request) => parts.accept(socket, request.url?.split('/').at(-1) ?? ''));
  await vi.waitFor(() => expect(server.address()).not.toBeNull());
});

afterEach(async () => {
  for (const stop of stops) stop();
  await parts.stop();
  for (const client of server.clients) client.terminate();
  await new Promise((resolve) => server.close(resolve));
});

/** Closing while it connects is no error here. */
class QuietSocket extends WebSocket {
  constructor(url: string) {
    super(url);
    this.on('error', () => undefined);
  }
}

/** A person with the flow open, as the builder opens it. */
function open(flowId: string, who = 'ana') {
  const doc = new Y.Doc();
  const refused: string[] = [];
  const socket = new HocuspocusProviderWebsocket({
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws/flows/${flowId}`,
    WebSocketPolyfill: QuietSocket,
    delay: 20,
    jitter: false,
    minDelay: 10,
  });
  const provider = new HocuspocusProvider({
    websocketProvider: socket,
    name: flowId,
    document: doc,
    token: () => who,
    onAuthenticationFailed: ({ reason }) => refused.push(reason),
    onStateless: ({ payload }) => refused.push(JSON.parse(payload).problem.code),
  });
  provider.attach();
  const close = () => {
    provider.destroy();
    socket.destroy();
  };
  stops.push(close);
  return { doc, provider, socket, refused, close, file: () => toFile(doc) };
}

const synced = (client: ReturnType<typeof open>) =>
  vi.waitFor(() => expect(client.provider.isSynced).toBe(true), { timeout: 5_000 });
const saved = (client: ReturnType<typeof open>) =>
  vi.waitFor(() => expect([client.provider.isSynced, client.provider.unsyncedChanges]).toEqual([true, 0]), {
    timeout: 5_000,
  });
const note = (client: { doc: Y.Doc }, key: string, value: unknown) => rootOf(client.doc, 'settings').set(key, value);

const stepFile = (name: string): FlowFile => ({
  schema: 'otherthing.flow/1',
  name,
  steps: [
    { id: 'a', type: 'input', name: 'A', position: { x: 0, y: 0 }, config: { name: 'a', type: 'text', value: 'x' } },
    { id: 'b', type: 'output', name: 'B', position: { x: 300, y: 0 }, config: { name: 'b', view: 'text' } },
  ],
  edges: [{ id: 'e', from: { step: 'a', port: 'value' }, to: { step: 'b', port: 'value' } }],
  groups: [],
  notes: [],
  settings: {},
});

describe('flow documents', () => {
  test('data.md: an edit is called saved only after its commit, and nobody sees it before', async () => {
    const flow = await flows.create(workspaceId, ana, { name: 'One' });
    const [one, two] = [open(flow.id, 'ana'), open(flow.id, 'bo')];
    await Promise.all([synced(one), synced(two)]);
    let release: () => void = () => undefined;
    gate.held = new Promise((resolve) => {
      release = resolve;
    });
    note(one, 'x', 1);
    const marker = open(flow.id, 'marker');
    await vi.waitFor(() => expect(marker.socket.status).toBe('connected'));
    expect(one.provider.unsyncedChanges).toBe(1);
    expect(two.file().settings).toEqual({});
    release();
    await saved(one);
    await vi.waitFor(() => expect(two.file().settings).toEqual({ x: 1 }));
    expect((await build(store).flows.file(flow.id)).settings).toEqual({ x: 1 });
  });

  test('data.md: what was acknowledged is there after the host is gone without a word', async () => {
    const flow = await flows.create(workspaceId, ana, { file: stepFile('Two') });
    const client = open(flow.id);
    await synced(client);
    for (let at = 0; at < 50; at++) note(client, `k${at}`, at);
    await saved(client);
    // Another host over the same store, the first one never stopped.
    const { settings, steps } = await build(store).flows.file(flow.id);
    expect(Object.keys(settings)).toHaveLength(50);
    expect(steps.map((step) => step.id)).toEqual(['a', 'b']);
  });

  test('issue 3: two people edit through a cut on one side; both hold every edit afterwards', async () => {
    const flow = await flows.create(workspaceId, ana, { file: stepFile('Three') });
    const [one, two] = [open(flow.id, 'ana'), open(flow.id, 'bo')];
    await Promise.all([synced(one), synced(two)]);
    two.socket.disconnect();
    await vi.waitFor(() => expect(two.socket.status).toBe('disconnected'));
    note(one, 'from-ana', 1);
    note(two, 'from-bo', 2);
    await saved(one);
    expect(two.file().settings).toEqual({ 'from-bo': 2 });
    await two.socket.connect();
    await saved(two);
    const both = { 'from-ana': 1, 'from-bo': 2 };
    await vi.waitFor(() => expect([one.file().settings, two.file().settings]).toEqual([both, both]));
    expect((await flows.file(flow.id)).settings).toEqual(both);
  });

  test('data.md: a viewer sees, and changes nothing', async () => {
    const flow = await flows.create(workspaceId, ana, { file: stepFile('Four') });
    const member = open(flow.id, 'ana');
    await synced(member);
    role = 'viewer';
    const viewer = open(flow.id, 'vi');
    await synced(viewer);
    expect(viewer.provider.authorizedScope).toBe('readonly');
    const before = gate.updates;
    note(viewer, 'x', 1);
    note(member, 'y', 2);
    await saved(member);
    await vi.waitFor(() => expect(viewer.file().settings['y']).toBe(2));
    expect(gate.updates).toBe(before + 1);
    expect((await flows.file(flow.id)).settings).toEqual({ y: 2 });
  });

  test('S1: without a good ticket, or under another address, nothing is opened', async () => {
    const flow = await flows.create(workspaceId, ana, {});
    const other = await flows.create(workspaceId, ana, {});
    const client = open(flow.id, 'bad');
    await vi.waitFor(() => expect(client.refused).toEqual(['ticket_spent']));
    const crossed = open(flow.id, 'ana');
    await synced(crossed);
    const closed = new Promise<number>((resolve) =>
      crossed.socket.on('close', ({ event }: { event: CloseEvent }) => resolve(event.code)),
    );
    const second = new HocuspocusProvider({ websocketProvider: crossed.socket, name: other.id, token: 'ana' });
    second.attach();
    stops.push(() => second.destroy());
    expect(await closed).toBe(4003);
  });

  test('S10: what cannot be kept is refused with its code, and the socket ends so that nothing counts as saved', async () => {
    const flow = await flows.create(workspaceId, ana, {});
    const client = open(flow.id);
    await synced(client);
    gate.refuse = new AppError('disk_full');
    note(client, 'x', 1);
    await vi.waitFor(() => expect(client.refused[0]).toBe('disk_full'));
    gate.refuse = null;
    // It comes back by itself, with the edit.
    await saved(client);
    await vi.waitFor(async () => expect((await flows.file(flow.id)).settings).toEqual({ x: 1 }));
  });

  test('S10: an update that is too large is refused, and the document stays as it was', async () => {
    const flow = await flows.create(workspaceId, ana, {});
    const client = open(flow.id);
    await synced(client);
    note(client, 'big', 'x'.repeat(documentLimits.update + 1));
    await vi.waitFor(() => expect(client.refused[0]).toBe('flow_too_large'), { timeout: 5_000 });
    client.close();
    expect((await flows.file(flow.id)).settings).toEqual({});
  });

  test('S15: who loses their rights is out at once', async () => {
    const flow = await flows.create(workspaceId, ana, {});
    const client = open(flow.id, 'bo');
    await synced(client);
    const closed = new Promise((resolve) => client.socket.on('close', resolve));
    removed.add('bo');
    sockets.endMember('usr-bo', workspaceId);
    await closed;
    await vi.waitFor(() => expect(client.refused).toEqual(['not_found']));
    await vi.waitFor(async () => expect((await flows.summary(flow.id)).editing).toEqual([]));
  });

  test('presence: who is there is told, under their own name', async () => {
    const flow = await flows.create(workspaceId, ana, {});
    const [one, two] = [open(flow.id, 'ana'), open(flow.id, 'bo')];
    await Promise.all([synced(one), synced(two)]);
    one.provider.setAwarenessField('user', { name: 'Somebody else', id: 'usr-bo', colour: 3 });
    const states = () => [...(two.provider.awareness?.getStates().values() ?? [])].map((state) => state['user']);
    await vi.waitFor(() => expect(states()).toContainEqual({ name: 'ana', id: 'usr-ana', colour: 3 }));
    expect((await flows.summary(flow.id)).editing).toEqual([
      { userId: 'usr-ana', name: 'ana' },
      { userId: 'usr-bo', name: 'bo' },
    ]);
    two.close();
    await vi.waitFor(() =>
      expect(events.at(-1)).toMatchObject({ kind: 'flow.changed', flow: { editing: [{ userId: 'usr-ana' }] } }),
    );
  });

  test('many edits are compacted into one update that means the same', async () => {
    const flow = await flows.create(workspaceId, ana, { file: stepFile('Five') });
    const client = open(flow.id);
    await synced(client);
    for (let at = 0; at < 2 * documentLimits.updatesBeforeCompaction; at++) note(client, 'n', at);
    await saved(client);
    await vi.waitFor(async () => expect(await store.count(flowUpdates, { flowId: flow.id })).toBeLessThan(10), {
      timeout: 5_000,
    });
    note(client, 'after', true);
    await saved(client);
    expect((await build(store).flows.file(flow.id)).settings).toEqual({
      n: 2 * documentLimits.updatesBeforeCompaction - 1,
      after: true,
    });
  });
});

describe('flows', () => {
  test('data.md: replacing and renaming are edits that people who have it open see', async () => {
    const flow = await flows.create(workspaceId, ana, { name: 'Old' });
    const client = open(flow.id);
    await synced(client);
    await flows.replace(flow.id, stepFile('New'));
    await vi.waitFor(() => expect(client.file().steps).toHaveLength(2));
    expect(await flows.rename(flow.id, 'Newer')).toMatchObject({ name: 'Newer', steps: 2 });
    await vi.waitFor(() => expect(client.file().name).toBe('Newer'));
    expect((await flows.file(flow.id)).edges).toHaveLength(1);
  });

  test('edits of the host and of a person at the same time are both kept', async () => {
    const flow = await flows.create(workspaceId, ana, { file: stepFile('Both') });
    const client = open(flow.id);
    await synced(client);
    const renames = ['r1', 'r2', 'r3'].map((name) => flows.rename(flow.id, name));
    for (let at = 0; at < 20; at++) note(client, `k${at}`, at);
    await Promise.all([...renames, saved(client)]);
    await vi.waitFor(() => expect(client.file().name).toBe('r3'));
    const kept = await build(store).flows.file(flow.id);
    expect([kept.name, Object.keys(kept.settings).length]).toEqual(['r3', 20]);
  });

  test('the list follows what people draw: name, number of steps, picture', async () => {
    const flow = await flows.create(workspaceId, ana, { name: 'Drawn' });
    const client = open(flow.id);
    await synced(client);
    const { applyFile } = await import('../../shared/flows/document.ts');
    applyFile(client.doc, stepFile('Drawn more'));
    await saved(client);
    await vi.waitFor(async () =>
      expect((await flows.list(workspaceId, {})).items).toMatchObject([
        { name: 'Drawn more', steps: 2, picture: { lines: [{ from: 0, to: 1 }] } },
      ]),
    );
  });

  test('what a kill kept from the list is put there at the next start', async () => {
    const flow = await flows.create(workspaceId, ana, { name: 'Before' });
    await flows.rename(flow.id, 'After');
    const row = await store.get(flowTable, { id: flow.id });
    await store.commit([{ op: 'put', table: flowTable as never, row: { ...row, name: 'Before' } }]);
    const next = build(store);
    await next.tidy();
    expect((await next.flows.list(workspaceId, {})).items[0]?.name).toBe('After');
  });

  test('a version is frozen once per content, counts up, and keeps its file', async () => {
    const flow = await flows.create(workspaceId, ana, { file: stepFile('V') });
    const [first, again] = await Promise.all([flows.freeze(flow.id, ana), flows.freeze(flow.id, ana)]);
    expect(again.version).toEqual(first.version);
    await flows.rename(flow.id, 'V2');
    const second = await flows.freeze(flow.id, null);
    expect([first.version.number, second.version.number]).toEqual([1, 2]);
    expect((await flows.versions(flow.id, {})).items.map((version) => version.number)).toEqual([2, 1]);
    expect((await flows.versionFile(flow.id, first.version.id)).file.name).toBe('V');
    expect((await flows.summary(flow.id)).version).toBe(2);
    const other = await flows.create(workspaceId, ana, {});
    await expect(flows.versionFile(other.id, first.version.id)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('data.md: a version is named, and loses its name again', async () => {
    const flow = await flows.create(workspaceId, ana, { file: stepFile('V') });
    const kept = await flows.keepVersion(flow.id, 'Before the holidays', ana);
    expect(kept).toMatchObject({ number: 1, name: 'Before the holidays', authorName: 'Ana' });
    expect((await flows.keepVersion(flow.id, 'Once more', ana)).id).toBe(kept.id);
    expect((await flows.nameVersion(flow.id, kept.id, null)).name).toBeNull();
    const other = await flows.create(workspaceId, ana, { file: stepFile('O') });
    await expect(flows.nameVersion(other.id, kept.id, 'x')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('data.md: a version is restored as an edit that people who have it open see, and what was there is kept', async () => {
    const flow = await flows.create(workspaceId, ana, { file: stepFile('First') });
    const { version } = await flows.freeze(flow.id, ana);
    const person = open(flow.id);
    await vi.waitFor(() => expect(toFile(person.doc).name).toBe('First'));
    await flows.replace(flow.id, { ...stepFile('Second'), notes: [] });
    await vi.waitFor(() => expect(toFile(person.doc).name).toBe('Second'));
    expect((await flows.restoreVersion(flow.id, version.id, ana)).name).toBe('First');
    const { file } = await flows.versionFile(flow.id, version.id);
    await vi.waitFor(() => expect(toFile(person.doc)).toEqual(file));
    const names = (await flows.versions(flow.id, {})).items.map(({ automatic }) => automatic ?? false);
    expect(names).toEqual([true, false]);
    const other = await flows.create(workspaceId, ana, { file: stepFile('O') });
    await expect(flows.restoreVersion(other.id, version.id, ana)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('data.md: a version is made after a pause in editing, with the names of who edited, and not while it goes on', async () => {
    const flow = await flows.create(workspaceId, ana, { file: stepFile('P') });
    const person = open(flow.id, 'Bo');
    await vi.waitFor(() => expect(toFile(person.doc).name).toBe('P'));
    rootOf(person.doc, 'flow').set('name', 'Q');
    await vi.waitFor(async () => expect((await flows.file(flow.id)).name).toBe('Q'));
    timers.advance(59_000);
    await flows.rename(flow.id, 'R');
    timers.advance(59_000);
    expect((await flows.versions(flow.id, {})).items).toEqual([]);
    timers.advance(2_000);
    await vi.waitFor(async () => expect((await flows.versions(flow.id, {})).items).toHaveLength(1));
    const [version] = (await flows.versions(flow.id, {})).items;
    expect(version).toMatchObject({ authorName: 'Bo', automatic: true });
    expect((await flows.versionFile(flow.id, version?.id ?? '')).file.name).toBe('R');
    const run = await flows.freeze(flow.id, ana);
    expect(run.version).toMatchObject({ id: version?.id });
    expect((await flows.versions(flow.id, {})).items[0]?.automatic).toBeUndefined();
  });

  test('of versions made after pauses only the latest are kept; those that were named or run stay', async () => {
    const flow = await flows.create(workspaceId, ana, { file: stepFile('N') });
    const named = await flows.keepVersion(flow.id, 'kept', ana);
    for (let index = 0; index < 60; index += 1) {
      await flows.rename(flow.id, `N${index}`);
      timers.advance(61_000);
      await vi.waitFor(async () => expect((await flows.summary(flow.id)).version).toBe(index + 2), {
        interval: 2,
      });
    }
    const all = (await flows.versions(flow.id, { limit: 200 })).items;
    expect([all.length, all.at(-1)?.id, all[0]?.number]).toEqual([51, named.id, 61]);
  });

  test('a file that is no flow here is frozen once per content too', async () => {
    const [one, two] = [
      await flows.freezeFile(workspaceId, stepFile('F'), ana),
      await flows.freezeFile(workspaceId, stepFile('F'), ana),
    ];
    expect(two.version).toEqual(one.version);
    expect(await flows.freezeFile('ws-2', stepFile('F'), ana)).not.toMatchObject({ version: { id: one.version.id } });
  });

  test('a flow is copied within its workspace only', async () => {
    const flow = await flows.create(workspaceId, ana, { file: stepFile('Original') });
    expect(await flows.create(workspaceId, ana, { copyOf: flow.id })).toMatchObject({
      name: 'Original (copy)',
      steps: 2,
    });
    await expect(flows.create('ws-2', ana, { copyOf: flow.id })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a deleted flow is gone for everybody, comes back within 30 days, and then goes for good', async () => {
    const flow = await flows.create(workspaceId, ana, { file: stepFile('Gone') });
    const client = open(flow.id);
    await synced(client);
    const closed = new Promise((resolve) => client.socket.on('close', resolve));
    await flows.delete(flow.id);
    await closed;
    client.close();
    await expect(flows.file(flow.id)).rejects.toMatchObject({ code: 'not_found' });
    expect((await flows.list(workspaceId, {})).items).toEqual([]);
    expect(await flows.restore(flow.id)).toMatchObject({ name: 'Gone', steps: 2 });
    await flows.delete(flow.id);
    now += 31 * 24 * 60 * 60_000;
    await parts.tidy();
    expect(await store.count(flowUpdates, { flowId: flow.id })).toBe(0);
  });

  test('lists go page by page, the last edited first, and lose none of the same moment', async () => {
    for (let at = 0; at < 7; at++) await flows.create(workspaceId, ana, { name: `n${at}` });
    const rows = await store.list(flowTable, {});
    await store.commit(rows.map((row) => ({ op: 'put', table: flowTable as never, row: { ...row, updatedAt: 5 } })));
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await flows.list(workspaceId, { limit: 3, ...(cursor === undefined ? {} : { cursor }) });
      names.push(...page.items.map((item) => item.name));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(names).toEqual(['n6', 'n5', 'n4', 'n3', 'n2', 'n1', 'n0']);
  });
});
