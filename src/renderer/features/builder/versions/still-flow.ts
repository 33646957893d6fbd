/** A flow that only stands to be looked at: drawn by the same canvas as one that is open, and changed by nobody. */
import * as Y from 'yjs';
import { createStore } from 'zustand/vanilla';
import type { FlowFile } from '../../../../shared/model/flow.ts';
import type { DocumentState, FlowSession } from '../document/flow-session.ts';
import { emptyView, type FlowView, viewOf } from '../document/flow-view.ts';
import type { Other } from '../document/presence.ts';

const nothing = (): void => undefined;

export function stillFlow(file: FlowFile): FlowSession {
  const doc = new Y.Doc();
  return {
    doc,
    view: createStore<FlowView>(() => viewOf(file, emptyView)),
    state: createStore<DocumentState>(() => ({
      link: { kind: 'live' },
      loaded: true,
      saved: true,
      undo: false,
      redo: false,
    })),
    others: createStore<readonly Other[]>(() => []),
    edit: nothing,
    closeStep: nothing,
    undo: nothing,
    redo: nothing,
    present: nothing,
    retry: nothing,
    end: () => doc.destroy(),
  };
}
