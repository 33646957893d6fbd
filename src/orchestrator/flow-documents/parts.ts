import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import type { Clock } from '../../shared/clock.ts';
import type { IdSource } from '../../shared/ids.ts';
import type { FlowFile } from '../../shared/model/flow.ts';
import type { FlowService, LiveHub, RunService } from '../services.ts';
import { patch, type Store } from '../store/store.ts';
import { flows as flowTable } from '../store/tables.ts';
import { systemTimers, type Timers } from '../timers.ts';
import type { OpenSockets } from '../workspaces/open-sockets.ts';
import { type Collaboration, createCollaboration, type Editor } from './collaboration.ts';
import { createDocumentLog } from './document-log.ts';
import { createFlowDocuments } from './flow-documents.ts';
import { createFlowService } from './flow-service.ts';
import { createPauses } from './pauses.ts';
import { createVersions } from './versions.ts';

export interface FlowDocumentDeps {
  store: Store;
  clock: Clock;
  ids: IdSource;
  hub: LiveHub;
  sockets: OpenSockets;
  log: Logger;
  /** Redeems a ticket for a document; rejects `ticket_spent`, `not_found`. */
  admit(ticket: string, flowId: string): Promise<Editor>;
  sampleFile(sample: string, workspaceId: string): Promise<FlowFile>;
  runs: () => Pick<RunService, 'lastOf'>;
  timers?: Timers;
}

export interface FlowDocumentParts {
  flows: FlowService;
  accept(socket: WebSocket, flowId: string): void;
  /** Ends everybody's sockets to a flow. */
  close(flowId: string): void;
  tidy(): Promise<void>;
  stop(): Promise<void>;
}

/** Puts the log, the documents, the people in them and the service together. */
export function createFlowDocumentParts(deps: FlowDocumentDeps): FlowDocumentParts {
  const { store, clock, timers = systemTimers } = deps;
  const log = createDocumentLog(store);
  const documents = createFlowDocuments(log, () => collaboration);
  const flows = createFlowService({
    ...deps,
    log,
    documents,
    versions: createVersions(deps),
    edited: (flowId) => pauses.edited(flowId, null),
    editing: (flowId) => collaboration.editing(flowId),
    closeDocument: (flowId) => collaboration.close(flowId),
  });
  const quietly = (act: Promise<void>, flowId: string) => {
    act.catch((error: unknown) => deps.log.error({ err: error, flowId }, 'Viewers of a flow could not be told'));
  };
  const pauses = createPauses({
    timers,
    keep: (flowId, by) => flows.keepPause(flowId, by),
    failed: (error, flowId) => deps.log.error({ err: error, flowId }, 'A version could not be made after a pause'),
  });
  const collaboration: Collaboration = createCollaboration({
    admit: deps.admit,
    load: log.read,
    async save(flowId, update, by) {
      await log.append(flowId, update, [patch(flowTable, { id: flowId }, { updatedAt: clock.now() })]);
      pauses.edited(flowId, by);
    },
    settled: (flowId) => flows.settle(flowId),
    presenceChanged: (flowId) => quietly(flows.announce(flowId), flowId),
    sockets: deps.sockets,
    log: deps.log,
  });
  return {
    flows,
    accept: collaboration.accept,
    close: collaboration.close,
    tidy: () => flows.tidy(),
    async stop() {
      await collaboration.stop();
      await pauses.stop();
    },
  };
}
