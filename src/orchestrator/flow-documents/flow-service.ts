import type { Doc } from 'yjs';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { applyFile, rootOf, setField } from '../../shared/flows/document.ts';
import { pictureOf } from '../../shared/flows/picture.ts';
import type { IdSource } from '../../shared/ids.ts';
import { type FlowFile, flowSchemaId } from '../../shared/model/flow.ts';
import type { FlowSummary, RunSummary } from '../../shared/model/run.ts';
import type { FlowService, LiveHub, Page, PageRequest, Person, RunService } from '../services.ts';
import { patch, put, remove, type Store } from '../store/store.ts';
import { type FlowRow, flows, flowUpdates } from '../store/tables.ts';
import { canonicalJson } from './canonical-json.ts';
import type { DocumentLog } from './document-log.ts';
import type { FlowDocuments } from './flow-documents.ts';
import type { Versions } from './versions.ts';

export interface FlowServiceDeps {
  store: Store;
  clock: Clock;
  ids: IdSource;
  hub: LiveHub;
  log: DocumentLog;
  documents: FlowDocuments;
  versions: Versions;
  editing(flowId: string): Person[];
  closeDocument(flowId: string): void;
  /** Told after an edit over REST. */
  edited(flowId: string): void;
  /** The file of a sample in a workspace, its content added there. Rejects `not_found`. */
  sampleFile(sample: string, workspaceId: string): Promise<FlowFile>;
  runs: () => Pick<RunService, 'lastOf'>;
}

/** What the documents need of the service: to write down what follows from an edit, and to tell who is there. */
export interface FlowUpkeep {
  /** Reads name, size and picture from the document, writes them into the list, tells viewers; compacts the log. */
  settle(flowId: string): Promise<void>;
  announce(flowId: string): Promise<void>;
  /** After a pause in editing: a version, unless the last one is the same. */
  keepPause(flowId: string, by: Person | null): Promise<void>;
  /** After a start: what a kill left unsettled is settled, what was deleted 30 days ago goes. */
  tidy(): Promise<void>;
}

const withWorker = <Box extends object>(box: Box, nodeId: string | undefined) =>
  nodeId === undefined ? box : { ...box, nodeId };

const keptAfterDeletion = 30 * 24 * 60 * 60_000;

export function createFlowService(deps: FlowServiceDeps): FlowService & FlowUpkeep {
  const { store, clock, ids, hub, documents, versions } = deps;

  const existing = async (flowId: string): Promise<FlowRow> => {
    const row = await store.get(flows, { id: flowId });
    if (row === null || row.deletedAt !== null) throw new AppError('not_found');
    return row;
  };

  const toSummary = async (row: FlowRow, lastRun: RunSummary | undefined): Promise<FlowSummary> => {
    const { id, workspaceId, name, steps, picture, sample, createdAt, updatedAt } = row;
    const version = await versions.lastNumber(id);
    const coloured = { ...picture, boxes: picture.boxes.map((box) => withWorker(box, lastRun?.workers[box.id])) };
    const base = { id, workspaceId, name, steps, picture: coloured, sample, createdAt, updatedAt };
    return { ...base, version, lastRun: lastRun ?? null, editing: deps.editing(id) };
  };

  const summaryOf = async (row: FlowRow): Promise<FlowSummary> =>
    toSummary(row, (await deps.runs().lastOf([row.id])).get(row.id));

  const told = async (row: FlowRow): Promise<FlowSummary> => {
    const flow = await summaryOf(row);
    hub.publish(row.workspaceId, `workspace:${row.workspaceId}`, { kind: 'flow.changed', flow });
    return flow;
  };

  const note = async (row: FlowRow, file: FlowFile, updatedAt: number): Promise<FlowSummary> => {
    const facts = { ...factsOf(file), updatedAt };
    await store.commit([patch(flows, { id: row.id }, facts)]);
    return told({ ...row, ...facts });
  };

  /** What a kill kept from being written down; nobody was told otherwise meanwhile. */
  const catchUp = async (row: FlowRow): Promise<void> => {
    const facts = factsOf(await documents.file(row.id));
    const before = { name: row.name, steps: row.steps, picture: row.picture };
    if (canonicalJson(facts) !== canonicalJson(before)) await store.commit([patch(flows, { id: row.id }, facts)]);
    await deps.log.compact(row.id);
  };

  const edit = async (flowId: string, act: (doc: Doc) => void): Promise<FlowSummary> => {
    const row = await existing(flowId);
    const file = await documents.edit(flowId, act);
    deps.edited(flowId);
    return note(row, file, clock.now());
  };

  const fileToCreate = async (
    workspaceId: string,
    what: { file?: FlowFile; sample?: string; copyOf?: string },
  ): Promise<FlowFile> => {
    if (what.file !== undefined) return what.file;
    if (what.sample !== undefined) return deps.sampleFile(what.sample, workspaceId);
    if (what.copyOf === undefined) return emptyFlow;
    const original = await existing(what.copyOf);
    // Nothing crosses workspaces.
    if (original.workspaceId !== workspaceId) throw new AppError('not_found');
    const file = await documents.file(original.id);
    return { ...file, name: `${file.name.slice(0, 113)} (copy)` };
  };

  return {
    list: async (workspaceId, page) => {
      const rows = await store.list(flows, { where: { workspaceId, deletedAt: null } });
      const { items, next } = latestFirst(rows, page);
      const runs = await deps.runs().lastOf(items.map((row) => row.id));
      return { items: await Promise.all(items.map((row) => toSummary(row, runs.get(row.id)))), next };
    },

    async create(workspaceId, _by, what) {
      const found = await fileToCreate(workspaceId, what);
      const file = { ...found, name: what.name ?? found.name };
      const now = clock.now();
      const row: FlowRow = {
        id: ids.next('flow'),
        workspaceId,
        ...factsOf(file),
        sample: what.sample ?? null,
        createdAt: now,
        updatedAt: now,
        deletedAt: null,
      };
      await deps.log.append(row.id, documents.firstUpdate(file), [put(flows, row)]);
      return told(row);
    },

    summary: async (flowId) => summaryOf(await existing(flowId)),

    async file(flowId) {
      await existing(flowId);
      return documents.file(flowId);
    },

    change: (flowId, { name, maxRuns, whenBusy }) =>
      edit(flowId, (doc) => {
        if (name !== undefined) setField(rootOf(doc, 'flow'), 'name', name);
        if (maxRuns !== undefined) setField(rootOf(doc, 'settings'), 'maxRuns', maxRuns ?? undefined);
        if (whenBusy !== undefined) setField(rootOf(doc, 'settings'), 'whenBusy', whenBusy);
      }),
    rename: (flowId, name) => edit(flowId, (doc) => setField(rootOf(doc, 'flow'), 'name', name)),
    replace: (flowId, file) => edit(flowId, (doc) => applyFile(doc, file)),

    async delete(flowId) {
      const row = await existing(flowId);
      await store.commit([patch(flows, { id: flowId }, { deletedAt: clock.now() })]);
      deps.closeDocument(flowId);
      hub.publish(row.workspaceId, `workspace:${row.workspaceId}`, { kind: 'flow.removed', flowId });
    },

    async restore(flowId) {
      const row = await store.get(flows, { id: flowId });
      if (row === null) throw new AppError('not_found');
      await store.commit([patch(flows, { id: flowId }, { deletedAt: null })]);
      return told({ ...row, deletedAt: null });
    },

    async freeze(flowId, by) {
      const { workspaceId } = await existing(flowId);
      return versions.freeze({ workspaceId, flowId }, await documents.file(flowId), by);
    },

    freezeFile: (workspaceId, file, by) => versions.freeze({ workspaceId, flowId: null }, file, by),

    async versions(flowId, page) {
      await existing(flowId);
      return versions.list(flowId, page);
    },

    versionFile: (flowId, versionId) => versions.get(flowId, versionId),

    async keepVersion(flowId, name, by) {
      const { workspaceId } = await existing(flowId);
      const { version } = await versions.freeze({ workspaceId, flowId }, await documents.file(flowId), by);
      return versions.name(flowId, version.id, name);
    },

    async nameVersion(flowId, versionId, name) {
      await existing(flowId);
      return versions.name(flowId, versionId, name);
    },

    async restoreVersion(flowId, versionId, by) {
      const { workspaceId } = await existing(flowId);
      const { file } = await versions.get(flowId, versionId);
      await versions.freeze({ workspaceId, flowId }, await documents.file(flowId), by, { automatic: true });
      return edit(flowId, (doc) => applyFile(doc, file));
    },

    async settle(flowId) {
      const row = await store.get(flows, { id: flowId });
      if (row === null || row.deletedAt !== null) return;
      await note(row, await documents.file(flowId), row.updatedAt);
      await deps.log.compact(flowId);
    },

    async announce(flowId) {
      const row = await store.get(flows, { id: flowId });
      if (row !== null && row.deletedAt === null) await told(row);
    },

    async keepPause(flowId, by) {
      const row = await store.get(flows, { id: flowId });
      if (row === null || row.deletedAt !== null) return;
      const where = { workspaceId: row.workspaceId, flowId };
      await versions.freeze(where, await documents.file(flowId), by, { automatic: true });
    },

    async tidy() {
      for (const row of await store.list(flows, {})) {
        if (row.deletedAt === null) await catchUp(row);
        else if (row.deletedAt < clock.now() - keptAfterDeletion) {
          await store.commit([remove(flows, { id: row.id }), remove(flowUpdates, { flowId: row.id })]);
        }
      }
    },
  };
}

const emptyFlow: FlowFile = {
  schema: flowSchemaId,
  name: 'Untitled flow',
  steps: [],
  edges: [],
  groups: [],
  notes: [],
  settings: {},
};

/** What lists show of a flow. */
function factsOf(file: FlowFile): Pick<FlowRow, 'name' | 'steps' | 'picture'> {
  return { name: file.name.slice(0, 120), steps: file.steps.length, picture: pictureOf(file) };
}

/** The last edited first; the cursor names the last one seen, so that equal times lose nothing. */
function latestFirst(rows: readonly FlowRow[], page: PageRequest): Page<FlowRow> {
  const limit = page.limit ?? 100;
  const place = ({ updatedAt, id }: FlowRow) => `${String(updatedAt).padStart(15, '0')}.${id}`;
  const ordered = rows.toSorted((one, other) => (place(one) < place(other) ? 1 : -1));
  const { cursor } = page;
  const rest = cursor === undefined ? ordered : ordered.filter((row) => place(row) < cursor);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rest.length > limit && last !== undefined ? place(last) : null };
}
