/**
 * One open flow document: kept in step with the host, drawn from `view`, changed through `edit`. Without a connection
 * edits are kept in the document and merged when it is back; `saved` is true only once the host has made them durable,
 * which is when it acknowledges an update (data.md, Flow documents).
 */
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import * as Y from 'yjs';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { AppError, type ErrorCode, errorCatalogue } from '../../../../shared/errors.ts';
import { readStep, rootOf, toFile } from '../../../../shared/flows/document.ts';
import { createUndo } from '../../../../shared/flows/edit.ts';
import { watchChanges } from './changes.ts';
import { emptyView, type FlowView, viewAfter, viewOf } from './flow-view.ts';
import { type Other, othersOf, type Presence } from './presence.ts';

export type Link =
  | { kind: 'opening' }
  | { kind: 'live' }
  | { kind: 'lost'; since: number }
  | { kind: 'refused'; reason: unknown };

export interface DocumentState {
  link: Link;
  /** The document has been here at least once. */
  loaded: boolean;
  saved: boolean;
  undo: boolean;
  redo: boolean;
}

export interface FlowSession {
  doc: Y.Doc;
  view: StoreApi<FlowView>;
  state: StoreApi<DocumentState>;
  others: StoreApi<readonly Other[]>;
  /** Changes the document as one step of this person's history. */
  edit(change: (doc: Y.Doc, origin: unknown) => void): void;
  /** What comes next is a step of its own in the history, however soon it comes. */
  closeStep(): void;
  undo(): void;
  redo(): void;
  /** Tells others where this person is. */
  present(presence: Partial<Presence>): void;
  /** Tries to connect at once. */
  retry(): void;
  end(): void;
}

export interface FlowSessionOptions {
  flowId: string;
  /** `ws(s)://host/ws/flows/<id>` */
  url: string;
  /** A fresh ticket: single use, so every connection asks for one. */
  ticket: () => Promise<string>;
  person: { id: string; name: string };
  now: () => number;
  WebSocketPolyfill?: unknown;
}

/** Codes after which trying again is of no use. */
const finalCodes: readonly string[] = ['not_found', 'forbidden', 'not_signed_in'];
const isFinal = (reason: unknown): boolean => reason instanceof AppError && finalCodes.includes(reason.code);

export function openFlow(options: FlowSessionOptions): FlowSession {
  const { flowId, now } = options;
  /** The origin of this person's own changes; undo touches nothing else. */
  const mine = { flowId };
  const doc = new Y.Doc();
  const view = createStore<FlowView>(() => emptyView);
  const others = createStore<readonly Other[]>(() => []);
  const state = createStore<DocumentState>(() => ({
    link: { kind: 'opening' },
    loaded: false,
    saved: true,
    undo: false,
    redo: false,
  }));

  const socket = new HocuspocusProviderWebsocket({
    url: options.url,
    autoConnect: false,
    delay: 500,
    factor: 2,
    maxDelay: 15_000,
    jitter: true,
    minDelay: 250,
    ...(options.WebSocketPolyfill === undefined ? {} : { WebSocketPolyfill: options.WebSocketPolyfill }),
  });

  const lost = () =>
    state.setState(({ link }) =>
      link.kind === 'lost' || link.kind === 'refused' ? {} : { link: { kind: 'lost', since: now() } },
    );
  const refused = (reason: unknown) => {
    state.setState({ link: { kind: 'refused', reason } });
    socket.disconnect();
  };
  /** A connection without a ticket is of no use: it is given up, and the next one tries again. */
  const giveUp = (reason: unknown) => {
    if (isFinal(reason)) refused(reason);
    else socket.webSocket?.close();
  };

  const provider = new HocuspocusProvider({
    websocketProvider: socket,
    name: flowId,
    document: doc,
    token: () =>
      options.ticket().catch((reason: unknown) => {
        giveUp(reason);
        return '';
      }),
    onSynced: () => state.setState({ link: { kind: 'live' }, loaded: true }),
    onUnsyncedChanges: ({ number }) => state.setState({ saved: number === 0 }),
    onDisconnect: lost,
    onAuthenticationFailed: ({ reason }) => giveUp(isKnownCode(reason) ? new AppError(reason) : new Error(reason)),
    onAwarenessChange: ({ states }) => others.setState(othersOf(states, doc.clientID), true),
  });

  const changes = watchChanges(doc);
  const look = () => {
    const changed = changes.take();
    const read = (id: string) => readStep(id, rootOf(doc, 'steps').get(id));
    view.setState((before) => {
      const after = changed === null ? null : viewAfter(before, changed, read);
      return after ?? viewOf(toFile(doc), before);
    }, true);
  };
  let frame: number | null = null;
  const onUpdate = (_update: Uint8Array, origin: unknown) => {
    if (origin === mine || origin === history) return look();
    frame ??= requestAnimationFrame(() => {
      frame = null;
      look();
    });
  };

  const history = createUndo(doc, mine);
  const showHistory = () => state.setState({ undo: history.canUndo(), redo: history.canRedo() });
  history.on('stack-item-added', showHistory);
  history.on('stack-item-popped', showHistory);
  doc.on('update', onUpdate);

  provider.attach();
  void socket.connect();
  provider.setAwarenessField('user', options.person);

  return {
    doc,
    view,
    state,
    others,
    edit: (change) => doc.transact(() => change(doc, mine), mine),
    closeStep: () => history.stopCapturing(),
    undo: () => void history.undo(),
    redo: () => void history.redo(),
    present: (presence) => {
      for (const [field, value] of Object.entries(presence)) provider.setAwarenessField(field, value);
    },
    retry: () => void socket.connect(),
    end() {
      if (frame !== null) cancelAnimationFrame(frame);
      doc.off('update', onUpdate);
      changes.stop();
      history.destroy();
      provider.destroy();
      socket.destroy();
      doc.destroy();
    },
  };
}

const isKnownCode = (reason: string): reason is ErrorCode => reason in errorCatalogue;
