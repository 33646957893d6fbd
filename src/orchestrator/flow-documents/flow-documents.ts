import { type Doc, encodeStateAsUpdate, mergeUpdates } from 'yjs';
import { applyFile, toFile } from '../../shared/flows/document.ts';
import type { FlowFile } from '../../shared/model/flow.ts';
import type { Change } from '../store/store.ts';
import { createTurns } from '../turns.ts';
import type { Collaboration } from './collaboration.ts';
import { type DocumentLog, docOf } from './document-log.ts';

/** Flow documents as the host itself reads and edits them; what it edits, people who have them open see at once. */
export interface FlowDocuments {
  file(flowId: string): Promise<FlowFile>;
  /** One edit, durable (with `alongside`) before anybody sees it. Answers the file after it. */
  edit(flowId: string, act: (doc: Doc) => void, alongside?: readonly Change[]): Promise<FlowFile>;
  /** The content of a document that does not exist yet, as one update. */
  firstUpdate(file: FlowFile): Uint8Array;
}

export function createFlowDocuments(log: DocumentLog, collaboration: () => Collaboration): FlowDocuments {
  const turns = createTurns();
  return {
    async file(flowId) {
      const open = await collaboration().open(flowId);
      return open === null ? withDoc(await log.read(flowId), toFile) : toFile(open);
    },

    edit: (flowId, act, alongside = []) =>
      turns.take(flowId, async () => {
        const { update, file } = withDoc(await log.read(flowId), (doc) => ({
          update: record(doc, act),
          file: toFile(doc),
        }));
        if (update === null) return file;
        await log.append(flowId, update, alongside);
        await collaboration().spread(flowId, update);
        return file;
      }),

    firstUpdate: (file) =>
      withDoc([], (doc) => {
        applyFile(doc, file);
        return encodeStateAsUpdate(doc);
      }),
  };
}

function withDoc<Value>(updates: readonly Uint8Array[], use: (doc: Doc) => Value): Value {
  const doc = docOf(updates);
  try {
    return use(doc);
  } finally {
    doc.destroy();
  }
}

/** What `act` changes, as one update; null where that is nothing. */
function record(doc: Doc, act: (doc: Doc) => void): Uint8Array | null {
  const updates: Uint8Array[] = [];
  const note = (update: Uint8Array) => updates.push(update);
  doc.on('update', note);
  doc.transact(() => act(doc));
  doc.off('update', note);
  return updates.length === 0 ? null : mergeUpdates(updates);
}
