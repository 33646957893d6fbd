/**
 * The host's end of `/ws/node` (protocol.md N1–N12). It reads and writes frames and knows who speaks; what a message means
 * is decided by the desk (nodes) and the engine (jobs).
 */
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../../shared/clock.ts';
import { createCodec, type Decoded } from '../../shared/protocol/codec.ts';
import {
  type NodeMessage,
  type NodeMessageOf,
  nodeCloseCodes,
  nodeMessages,
  proofText,
  registrationRefused,
} from '../../shared/protocol/node.ts';
import type { EngineLog, JobEngine } from '../jobs/engine.ts';
import type { NodeDesk, Reception } from '../nodes/desk.ts';
import type { NodeSession, Roster } from '../nodes/roster.ts';
import type { Timers } from '../timers.ts';
import { createRateBound, createSender, type Sender } from './frames.ts';

export interface NodeGatewayDeps {
  desk: NodeDesk;
  engine: JobEngine;
  roster: Roster;
  clock: Clock;
  timers: Timers;
  log: EngineLog;
}

export interface NodeGateway {
  /** Serves a socket that was upgraded; `address` is the client's, for the limits on guessing. */
  accept(socket: WebSocket, address: string): void;
  /** Closes all connections. */
  stop(): void;
}

/** How long a node may take to say who it is, and to prove it. */
const introduceWithin = 10_000;
const malformedInARow = 3;
/** Messages a second from one node: far above what 64 jobs at once make, far below what hurts. */
const rate = { perSecond: 100_000, burst: 200_000 };

const codec = createCodec(nodeMessages);

type Chunk = NodeMessageOf<'chunk'>;

type Stage =
  | { readonly name: 'unknown' }
  /** Its registration or proof is being looked at. */
  | { readonly name: 'judged' }
  | { readonly name: 'challenged'; readonly nonce: string; readonly reception: Reception }
  | { readonly name: 'registered'; readonly nodeId: string; readonly session: NodeSession }
  | { readonly name: 'closed' };

export function createNodeGateway(deps: NodeGatewayDeps): NodeGateway {
  const open = new Set<Sender>();
  return {
    accept(socket, address) {
      const sender = createSender(socket, () => sender.close(nodeCloseCodes.slow, 'slow'));
      open.add(sender);
      const connection = createConnection(deps, sender, address);
      socket.on('message', (data: RawData, binary: boolean) => connection.read(binary ? '' : data.toString()));
      socket.on('close', () => {
        open.delete(sender);
        connection.closed();
      });
    },
    stop() {
      for (const sender of open) sender.close(nodeCloseCodes.stopping, 'stopping');
    },
  };
}

function createConnection(deps: NodeGatewayDeps, sender: Sender, address: string) {
  const { desk, log, timers } = deps;
  const withinRate = createRateBound(rate.perSecond, rate.burst, deps.clock.now);
  let stage: Stage = { name: 'unknown' };
  let malformed = 0;
  /** The one session of this connection, also when it registers again. */
  let mine: { nodeId: string; session: NodeSession } | null = null;
  const stopWaiting = timers.after(introduceWithin, () => {
    if (stage.name !== 'registered') close(nodeCloseCodes.refused, 'not_introduced');
  });

  const close = (code: number, reason: string) => {
    sender.close(code, reason);
    closed();
  };
  const closed = () => {
    stopWaiting();
    if (mine !== null) desk.disconnected(mine.nodeId, mine.session);
    stage = { name: 'closed' };
  };
  const refuse = () => {
    sender.send(registrationRefused);
    close(nodeCloseCodes.refused, 'refused');
  };
  /** Nothing that goes wrong in judging a node may leave it hanging. */
  const judging = (work: () => Promise<void>) => {
    stage = { name: 'judged' };
    work().catch((error: unknown) => {
      log.error({ err: error }, 'A node could not be registered');
      close(nodeCloseCodes.refused, 'failed');
    });
  };

  const register = (message: Extract<NodeMessage, { type: 'register' }>) =>
    judging(async () => {
      const reception = await desk.receive(message, address);
      if (stage.name !== 'judged') return;
      if (reception === null) return refuse();
      if (reception.prove === null) return admit(reception);
      const nonce = randomBytes(32).toString('base64url');
      stage = { name: 'challenged', nonce, reception };
      sender.send({ type: 'challenge', nonce });
    });
  const prove = (nonce: string, reception: Reception, signature: string) =>
    judging(async () => {
      const text = proofText(reception.message.capabilities.node_id, nonce);
      if (isSigned(text, reception.prove ?? '', signature)) return admit(reception);
      desk.refused(address);
      refuse();
    });
  const admit = async (reception: Reception) => {
    const nodeId = reception.message.capabilities.node_id;
    const admitted = await desk.admit(reception, () => {
      const session = mine?.session ?? { send: sender.send, close };
      mine = { nodeId, session };
      if (stage.name === 'judged') stage = { name: 'registered', nodeId, session };
      return session;
    });
    if (!admitted) return refuse();
    // The socket went away meanwhile.
    if (stage.name === 'closed') {
      if (mine !== null) desk.disconnected(nodeId, mine.session);
      return;
    }
    stopWaiting();
    // A node of the first system names no executors, and reads one message per frame.
    if (reception.message.executors !== undefined) sender.allowBatches();
  };

  const handle = (decoded: Decoded<NodeMessage>) => {
    switch (decoded.status) {
      case 'message':
        malformed = 0;
        if (stage.name === 'registered') perform(deps, stage.nodeId, stage.session, decoded.message, register);
        else if (stage.name === 'unknown' && decoded.message.type === 'register') register(decoded.message);
        else if (stage.name === 'challenged' && decoded.message.type === 'proof') {
          prove(stage.nonce, stage.reception, decoded.message.signature);
        }
        return;
      case 'unknown':
        log.info({ type: decoded.type }, 'A node sent a message of an unknown type');
        return;
      case 'malformed':
        malformed += 1;
        sender.send({ type: 'error', code: 'malformed_message', message: decoded.detail, path: decoded.path });
        if (malformed >= malformedInARow) close(nodeCloseCodes.malformed, 'malformed');
        return;
      default:
        decoded satisfies never;
    }
  };

  /** Chunks of this frame, by attempt: those of one attempt are told, and acknowledged, together. */
  let written = new Map<string, [Chunk, ...Chunk[]]>();
  const gather = (chunk: Chunk) => {
    const before = written.get(chunk.fence);
    if (before === undefined) written.set(chunk.fence, [chunk]);
    else before.push(chunk);
  };
  const tellWritten = () => {
    if (written.size === 0) return;
    const all = written;
    written = new Map();
    malformed = 0;
    if (stage.name !== 'registered') return;
    for (const chunks of all.values()) write(deps, stage.nodeId, stage.session, chunks);
  };

  return {
    closed,
    read(frame: string) {
      if (stage.name === 'closed') return;
      const messages = codec.decode(frame);
      if (!withinRate(messages.length)) return close(nodeCloseCodes.flood, 'flood');
      if (stage.name === 'registered') desk.heard(stage.nodeId);
      for (const decoded of messages) {
        if (decoded.status === 'message' && decoded.message.type === 'chunk') gather(decoded.message);
        else {
          tellWritten();
          handle(decoded);
        }
      }
      tellWritten();
    },
  };
}

/** What a registered node says. */
function perform(
  { desk, engine, roster }: NodeGatewayDeps,
  nodeId: string,
  session: NodeSession,
  message: NodeMessage,
  registerAgain: (message: Extract<NodeMessage, { type: 'register' }>) => void,
): void {
  // N5: what an older connection still says is dropped.
  if (roster.get(nodeId)?.session !== session) return;
  switch (message.type) {
    case 'register':
      // The first system says so when its limits have changed.
      if (message.capabilities.node_id === nodeId) registerAgain(message);
      return;
    case 'heartbeat':
      desk.heartbeat(nodeId, message);
      return;
    case 'limits_changed':
      desk.limitsChanged(nodeId, message);
      return;
    case 'capabilities_changed':
      desk.capabilitiesChanged(nodeId, message);
      return;
    case 'drain':
      desk.drain(nodeId);
      return;
    case 'leave':
      desk.leave(nodeId, message);
      return;
    case 'job_ack':
      engine.acknowledged(nodeId, message);
      return;
    case 'job_reject':
      engine.rejected(nodeId, message);
      return;
    case 'chunk':
      write({ engine, roster }, nodeId, session, [message]);
      return;
    case 'job_done':
    case 'job_failed': {
      const { job_id, fence } = message;
      engine.ended(nodeId, message, (status) => session.send({ type: 'done_ack', job_id, fence, status }));
      return;
    }
    case 'proof':
      return;
    default:
      message satisfies never;
  }
}

/** What an attempt wrote, in order; a fence is never given twice, so chunks of one fence are of one attempt. */
function write(
  { engine, roster }: Pick<NodeGatewayDeps, 'engine' | 'roster'>,
  nodeId: string,
  session: NodeSession,
  chunks: readonly [Chunk, ...Chunk[]],
): void {
  if (roster.get(nodeId)?.session !== session) return;
  const [{ job_id, fence }] = chunks;
  const seq = engine.wrote(nodeId, chunks);
  if (seq === null) session.send({ type: 'job_cancel', job_id, fence, reason: 'stale' });
  else session.send({ type: 'chunk_ack', job_id, fence, seq });
}

/** N2: an Ed25519 signature, base64, by a key given as SPKI DER in base64. */
export function isSigned(text: string, publicKey: string, signature: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    return (
      key.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))
    );
  } catch {
    return false;
  }
}
