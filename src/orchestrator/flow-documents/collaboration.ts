/**
 * Several people in one flow document, over `/ws/flows/:id` (Hocuspocus).
 *
 *   client                               host
 *    │ auth: token = a ticket ───────────► │  who, which role; viewers read only
 *    │ ◄──────────────── the document ─── │
 *    │ update ────────────────────────────► │  beforeSync: append to the log, wait for the commit
 *    │                                      │  only then: apply, send to the others,
 *    │ ◄──────────────── sync status ───── │  and say that it is saved
 */
import { type Connection, type Document, Hocuspocus } from '@hocuspocus/server';
import { createDecoder, readVarString, readVarUint } from 'lib0/decoding';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { messageYjsSyncStep1, messageYjsSyncStep2 } from 'y-protocols/sync';
import { applyUpdate, decodeUpdate, snapshot, snapshotContainsUpdate } from 'yjs';
import { AppError } from '../../shared/errors.ts';
import type { Role } from '../../shared/model/user.ts';
import { toProblem } from '../../shared/problem.ts';
import type { Person } from '../services.ts';
import type { OpenSockets } from '../workspaces/open-sockets.ts';

/** Somebody who opens a document. */
export interface Editor extends Person {
  credentialId: string | null;
  workspaceId: string;
  role: Role;
}

export interface CollaborationDeps {
  /** Redeems the ticket; rejects `ticket_spent`, `not_found`. */
  admit(ticket: string, flowId: string): Promise<Editor>;
  load(flowId: string): Promise<Uint8Array[]>;
  /** Resolves when the update is durable. */
  save(flowId: string, update: Uint8Array, by: Person | null): Promise<void>;
  /** A while after edits, and before a document is left. */
  settled(flowId: string): Promise<void>;
  presenceChanged(flowId: string): void;
  sockets: OpenSockets;
  log: Logger;
}

export interface Collaboration {
  accept(socket: WebSocket, flowId: string): void;
  /** The document while somebody has it open. */
  open(flowId: string): Promise<Document | null>;
  /** Gives an update that is already durable to whoever has the document open. */
  spread(flowId: string, update: Uint8Array): Promise<void>;
  editing(flowId: string): Person[];
  close(flowId: string): void;
  stop(): Promise<void>;
}

interface Context {
  flowId: string;
  socket: WebSocket;
  editor?: Editor;
}

/** Application close codes of the socket: 4000 and up are ours. */
export const flowCloseCodes = { malformed: 4003, signedOut: 4006, stopping: 4007, refused: 4008 } as const;

const mostBuffered = 32 * 1024 * 1024;
const largestPresence = 16 * 1024;
const settleAfter = 400;
const settleAtLeastEvery = 2_000;

export function createCollaboration(deps: CollaborationDeps): Collaboration {
  const hocuspocus = new Hocuspocus<Context>({
    quiet: true,
    debounce: settleAfter,
    maxDebounce: settleAtLeastEvery,
    maxPendingDocuments: 1,
    onAuthenticate: async ({ token, documentName, context, connectionConfig }) => {
      const editor = await deps.admit(token, documentName).catch((error: unknown) => {
        throw refusal(error);
      });
      connectionConfig.readOnly = editor.role === 'viewer';
      followRights(deps.sockets, context.socket, editor);
      return { editor };
    },
    onLoadDocument: async ({ document, documentName }) => {
      for (const update of await deps.load(documentName)) applyUpdate(document, update);
    },
    beforeSync: async ({ type, payload, connection, document, documentName }) => {
      if (type === messageYjsSyncStep1 || connection.readOnly) return;
      try {
        if (isNews(type, payload, document)) await deps.save(documentName, payload, personOf(connection));
      } catch (error) {
        refuse(connection, error);
        throw error;
      }
    },
    beforeHandleAwareness: async ({ states, connection, document }) => {
      if (connection !== undefined) nameThem(states, connection as Connection<Context>, document);
    },
    connected: async ({ documentName }) => deps.presenceChanged(documentName),
    onDisconnect: async ({ documentName }) => deps.presenceChanged(documentName),
    onStoreDocument: async ({ documentName }) => {
      await deps.settled(documentName).catch((error: unknown) => {
        // The edits are durable already; only what is derived from them is late.
        deps.log.error({ err: error, flowId: documentName }, 'A flow could not be settled');
      });
    },
  });

  const open = async (flowId: string): Promise<Document | null> => {
    await hocuspocus.loadingDocuments.get(flowId)?.catch(() => undefined);
    return hocuspocus.documents.get(flowId) ?? null;
  };

  return {
    accept(socket, flowId) {
      const client = hocuspocus.handleConnection(bounded(socket), new Request('http://localhost/'), { flowId, socket });
      socket.on('message', (data, isBinary) => {
        const frame = new Uint8Array(data as Buffer);
        if (isBinary && isFor(flowId, frame)) client.handleMessage(frame);
        else socket.close(flowCloseCodes.malformed, 'malformed');
      });
      socket.on('close', (code, reason) => client.handleClose({ code, reason: reason.toString() }));
    },
    open,
    async spread(flowId, update) {
      const document = await open(flowId);
      if (document !== null) applyUpdate(document, update, { source: 'local' });
    },
    editing: (flowId) => peopleIn(hocuspocus.documents.get(flowId)),
    close(flowId) {
      for (const connection of hocuspocus.documents.get(flowId)?.getConnections() ?? []) {
        connection.webSocket.close(flowCloseCodes.refused, 'not_found');
      }
    },
    async stop() {
      for (const document of hocuspocus.documents.values()) {
        for (const { webSocket } of document.getConnections()) webSocket.close(flowCloseCodes.stopping, 'stopping');
      }
      hocuspocus.flushPendingStores();
      await Promise.all([...hocuspocus.documents.keys()].map((flowId) => deps.settled(flowId).catch(() => undefined)));
    },
  };
}

/** Whether a frame begins as Hocuspocus' do: the document's name (with `\0` and a session, in newer clients), then a type. */
function isFor(flowId: string, frame: Uint8Array): boolean {
  try {
    const decoder = createDecoder(frame);
    const [name] = readVarString(decoder).split('\0');
    return name === flowId && readVarUint(decoder) >= 0;
  } catch {
    return false;
  }
}

function personOf({ context }: Connection<Context>): Person | null {
  return context.editor === undefined ? null : { userId: context.editor.userId, name: context.editor.name };
}

/** True when an update may hold something new. The second step of a sync repeats much that is known. Throws on bytes that are no update. */
function isNews(type: number, update: Uint8Array, document: Document): boolean {
  try {
    const { structs, ds } = decodeUpdate(update);
    if (structs.length === 0 && ds.clients.size === 0) return false;
  } catch (error) {
    throw new AppError('bad_request', 'This is not an update of a document', { cause: error });
  }
  return type !== messageYjsSyncStep2 || !snapshotContainsUpdate(snapshot(document), update);
}

/** Tells the client why an edit is not taken, and ends the socket, so that nothing later is taken for saved. */
function refuse(connection: Connection, error: unknown): void {
  connection.sendStateless(JSON.stringify({ type: 'refused', problem: toProblem(error) }));
  connection.webSocket.close(flowCloseCodes.refused, error instanceof AppError ? error.code : 'internal');
}

/** What Hocuspocus passes on to the client as the reason of a refused sign-in. */
function refusal(error: unknown): Error & { reason: string } {
  const code = error instanceof AppError ? error.code : 'internal';
  return Object.assign(new Error(code), { reason: code });
}

function followRights(sockets: OpenSockets, socket: WebSocket, editor: Editor): void {
  const forget = sockets.add({
    userId: editor.userId,
    credentialId: editor.credentialId,
    workspaceId: editor.workspaceId,
    close: (reason) => socket.close(flowCloseCodes.signedOut, reason),
  });
  socket.on('close', forget);
}

/** Nobody appears under another's name, takes over another's cursor, or sends more than a cursor needs. */
function nameThem(states: Map<number, unknown>, connection: Connection<Context>, document: Document): void {
  const { editor } = connection.context;
  for (const [clientId, state] of states) {
    const others = document.getConnections().filter((other) => other !== connection);
    if (others.some((other) => document.getClients(other).has(clientId)) || editor === undefined) {
      states.delete(clientId);
    } else if (typeof state === 'object' && state !== null) {
      if (JSON.stringify(state).length > largestPresence) throw new AppError('bad_request', 'Too much presence');
      const user: unknown = Reflect.get(state, 'user');
      Reflect.set(state, 'user', { ...(user as object | undefined), id: editor.userId, name: editor.name });
    }
  }
}

function peopleIn(document: Document | undefined): Person[] {
  const people = new Map<string, Person>();
  for (const connection of document?.getConnections() ?? []) {
    const { editor } = connection.context as Context;
    if (editor !== undefined) people.set(editor.userId, { userId: editor.userId, name: editor.name });
  }
  return [...people.values()];
}

/** A client that does not keep up is disconnected rather than buffered for without bound. */
function bounded(socket: WebSocket) {
  return {
    get readyState() {
      return socket.readyState;
    },
    send(data: Uint8Array) {
      if (socket.bufferedAmount > mostBuffered) socket.terminate();
      else socket.send(data);
    },
    close: (code?: number, reason?: string) => socket.close(code, reason),
  };
}
