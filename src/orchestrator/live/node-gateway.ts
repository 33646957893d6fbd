/**
 * The host's end of `/ws/node` (protocol.md N1–N12). It reads and writes frames and knows who speaks; what a message means
 * is decided by the desk (nodes) and the engine (jobs).
 */
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../../shared/clock.ts';
import { createCodec, type Decoded } from '../../shared/protocol/codec.ts';
import {
  type HostMessage,
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
import { RateBound, Sender } from './frames.ts';

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
/**
 * Messages a second from one node: above what a host can take of 64 jobs that stream without a pause, some 350,000 on two
 * cores. Their windows (N9) hold them; this bound is for what keeps to none.
 */
const rate = { perSecond: 500_000, burst: 1_000_000 };

const codec = createCodec(nodeMessages);

type Chunk = NodeMessageOf<'chunk'>;

type Stage =
  | { readonly name: 'unknown' | 'judged' | 'registered' | 'closed' }
  | { readonly name: 'challenged'; readonly nonce: string; readonly reception: Reception };
const unknown: Stage = { name: 'unknown' };
/** Its registration or proof is being looked at. */
const judged: Stage = { name: 'judged' };
const registered: Stage = { name: 'registered' };
const over: Stage = { name: 'closed' };

export function createNodeGateway(deps: NodeGatewayDeps): NodeGateway {
  const open = new Map<WebSocket, NodeConnection>();
  // Shared by all sockets: listeners of their own would cost each of thousands of nodes more than all it says.
  function onMessage(this: WebSocket, data: RawData, binary: boolean): void {
    open.get(this)?.read(binary ? '' : data.toString());
  }
  function onClose(this: WebSocket): void {
    open.get(this)?.closed();
    open.delete(this);
  }
  return {
    accept(socket, address) {
      open.set(socket, new NodeConnection(deps, new Sender(socket, nodeCloseCodes.slow), address));
      socket.on('message', onMessage);
      socket.on('close', onClose);
    },
    stop() {
      for (const connection of open.values()) connection.close(nodeCloseCodes.stopping, 'stopping');
    },
  };
}

/** One connection, which is one session of a node, also when it registers again. A class for the sake of its size. */
class NodeConnection implements NodeSession {
  readonly #deps: NodeGatewayDeps;
  readonly #sender: Sender;
  readonly #address: string;
  readonly #bound: RateBound;
  #stage: Stage = unknown;
  #malformed = 0;
  /** The node that was admitted here. */
  #nodeId: string | null = null;
  #stopWaiting: (() => void) | null;

  constructor(deps: NodeGatewayDeps, sender: Sender, address: string) {
    this.#deps = deps;
    this.#sender = sender;
    this.#address = address;
    this.#bound = new RateBound(rate, deps.clock.now());
    this.#stopWaiting = deps.timers.after(introduceWithin, () => {
      if (this.#stage !== registered) this.close(nodeCloseCodes.refused, 'not_introduced');
    });
  }

  send(message: HostMessage): void {
    this.#sender.send(message);
  }

  close(code: number, reason: string): void {
    this.#sender.close(code, reason);
    this.closed();
  }

  closed(): void {
    this.#introduced();
    this.#stage = over;
    if (this.#nodeId !== null) this.#deps.desk.disconnected(this.#nodeId, this);
  }

  read(frame: string): void {
    if (this.#stage === over) return;
    const messages = codec.decode(frame);
    if (!this.#bound.allows(messages.length, this.#deps.clock.now())) {
      this.close(nodeCloseCodes.flood, 'flood');
      return;
    }
    if (this.#stage === registered && this.#nodeId !== null) this.#deps.desk.heard(this.#nodeId);
    this.#take(messages);
  }

  /** Chunks that follow one another in a frame are told, and acknowledged, together by attempt. */
  #take(messages: readonly Decoded<NodeMessage>[]): void {
    let written: Map<string, [Chunk, ...Chunk[]]> | null = null;
    for (const decoded of messages) {
      if (decoded.status === 'message' && decoded.message.type === 'chunk') {
        written ??= new Map();
        const before = written.get(decoded.message.fence);
        if (before === undefined) written.set(decoded.message.fence, [decoded.message]);
        else before.push(decoded.message);
        continue;
      }
      if (written !== null) this.#write(written);
      written = null;
      this.#handle(decoded);
    }
    if (written !== null) this.#write(written);
  }

  #write(written: ReadonlyMap<string, readonly [Chunk, ...Chunk[]]>): void {
    this.#malformed = 0;
    if (this.#stage !== registered || this.#nodeId === null) return;
    for (const chunks of written.values()) write(this.#deps, this.#nodeId, this, chunks);
  }

  #handle(decoded: Decoded<NodeMessage>): void {
    switch (decoded.status) {
      case 'message':
        this.#malformed = 0;
        this.#hear(decoded.message);
        return;
      case 'unknown':
        this.#deps.log.info({ type: decoded.type }, 'A node sent a message of an unknown type');
        return;
      case 'malformed':
        this.#malformed += 1;
        this.send({ type: 'error', code: 'malformed_message', message: decoded.detail, path: decoded.path });
        if (this.#malformed >= malformedInARow) this.close(nodeCloseCodes.malformed, 'malformed');
        return;
      default:
        decoded satisfies never;
    }
  }

  #hear(message: NodeMessage): void {
    const stage = this.#stage;
    if (stage === registered && this.#nodeId !== null) {
      const nodeId = this.#nodeId;
      // The first system registers again when its limits have changed.
      if (message.type !== 'register') perform(this.#deps, nodeId, this, message);
      else if (isCurrent(this.#deps, nodeId, this) && message.capabilities.node_id === nodeId) this.#register(message);
    } else if (stage === unknown && message.type === 'register') this.#register(message);
    else if (stage.name === 'challenged' && message.type === 'proof') this.#prove(stage, message.signature);
  }

  #register(message: NodeMessageOf<'register'>): void {
    this.#judging(async () => {
      const reception = await this.#deps.desk.receive(message, this.#address);
      if (this.#stage !== judged) return;
      if (reception === null) return this.#refuse();
      if (reception.prove === null) return this.#admit(reception);
      const nonce = randomBytes(32).toString('base64url');
      this.#stage = { name: 'challenged', nonce, reception };
      this.send({ type: 'challenge', nonce });
    });
  }

  #prove({ nonce, reception }: Extract<Stage, { name: 'challenged' }>, signature: string): void {
    this.#judging(async () => {
      const text = proofText(reception.message.capabilities.node_id, nonce);
      if (isSigned(text, reception.prove ?? '', signature)) return this.#admit(reception);
      this.#deps.desk.refused(this.#address);
      this.#refuse();
    });
  }

  /** Nothing that goes wrong in judging a node may leave it hanging. */
  #judging(work: () => Promise<void>): void {
    this.#stage = judged;
    work().catch((error: unknown) => {
      this.#deps.log.error({ err: error }, 'A node could not be registered');
      this.close(nodeCloseCodes.refused, 'failed');
    });
  }

  async #admit(reception: Reception): Promise<void> {
    const nodeId = reception.message.capabilities.node_id;
    const admitted = await this.#deps.desk.admit(reception, () => {
      this.#nodeId = nodeId;
      if (this.#stage === judged) this.#stage = registered;
      return this;
    });
    if (!admitted) return this.#refuse();
    // The socket went away meanwhile.
    if (this.#stage === over) return this.#deps.desk.disconnected(nodeId, this);
    this.#introduced();
    // A node of the first system names no executors, and reads one message per frame.
    if (reception.message.executors !== undefined) this.#sender.allowBatches();
  }

  #refuse(): void {
    this.send(registrationRefused);
    this.close(nodeCloseCodes.refused, 'refused');
  }

  #introduced(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = null;
  }
}

/** N5: what an older connection still says is dropped. */
const isCurrent = ({ roster }: Pick<NodeGatewayDeps, 'roster'>, nodeId: string, session: NodeSession) =>
  roster.get(nodeId)?.session === session;

/** What a registered node says. */
function perform(
  { desk, engine, roster }: NodeGatewayDeps,
  nodeId: string,
  session: NodeSession,
  message: Exclude<NodeMessage, { type: 'register' }>,
): void {
  if (!isCurrent({ roster }, nodeId, session)) return;
  switch (message.type) {
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
  if (!isCurrent({ roster }, nodeId, session)) return;
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
