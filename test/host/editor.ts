import { HocuspocusProvider, HocuspocusProviderWebsocket, WebSocketStatus } from '@hocuspocus/provider';
import { vi } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import type { Client } from '../../src/shared/api/client.ts';
import { rootOf, toFile } from '../../src/shared/flows/document.ts';
import type { FlowFile } from '../../src/shared/model/flow.ts';

export interface Editor {
  set(key: string, value: unknown): void;
  file(): FlowFile;
  /** Keys that were set before the host last said that everything is saved. */
  saved(): ReadonlySet<string>;
  /** Resolves when the host has everything, or when this was closed. */
  whenSaved(): Promise<void>;
  /** Cuts the line, keeping what is edited meanwhile; and mends it. */
  cut(): void;
  mend(): Promise<void>;
  close(): void;
}

/** Closing while it connects is no error here. */
class QuietSocket extends WebSocket {
  constructor(url: string) {
    super(url);
    this.on('error', () => undefined);
  }
}

/** Somebody who has a flow open, as the builder has it. */
export async function openEditor(host: { url: string; client: Client }, flowId: string): Promise<Editor> {
  const doc = new Y.Doc();
  const unsaved = new Set<string>();
  const saved = new Set<string>();
  let closed = false;
  const socket = new HocuspocusProviderWebsocket({
    url: `${host.url.replace('http', 'ws')}/ws/flows/${flowId}`,
    WebSocketPolyfill: QuietSocket,
    delay: 20,
    minDelay: 10,
    jitter: false,
  });
  const provider = new HocuspocusProvider({
    websocketProvider: socket,
    name: flowId,
    document: doc,
    token: async () => (await host.client.call('createTicket', {})).ticket,
    onUnsyncedChanges: ({ number }) => {
      if (number !== 0 || !provider.isSynced) return;
      for (const key of unsaved) saved.add(key);
      unsaved.clear();
    },
  });
  provider.attach();
  await vi.waitFor(() => isTrue(provider.isSynced), { timeout: 10_000 });
  return {
    set(key, value) {
      unsaved.add(key);
      rootOf(doc, 'settings').set(key, value);
    },
    file: () => toFile(doc),
    saved: () => saved,
    whenSaved: () =>
      vi.waitFor(() => isTrue(closed || (provider.isSynced && provider.unsyncedChanges === 0)), {
        timeout: 20_000,
        interval: 2,
      }),
    cut: () => socket.disconnect(),
    mend: async () => {
      // A connection that still closes is not one to connect again.
      await vi.waitFor(() => isTrue(socket.status === WebSocketStatus.Disconnected), { timeout: 5_000, interval: 2 });
      await socket.connect();
    },
    close() {
      closed = true;
      provider.destroy();
      socket.destroy();
      doc.destroy();
    },
  };
}

function isTrue(value: boolean): void {
  if (!value) throw new Error('Not yet');
}
