/**
 * Connections to a host whose certificate nobody vouches for: the one with the pinned fingerprint is taken, any other is
 * refused before a byte of ours is sent (S4).
 */
import { Agent, type AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect } from 'node:tls';
import { AppError } from '../../shared/errors.ts';
import { showFingerprint } from '../../shared/fingerprint.ts';
import { fingerprintOf } from './certificate-files.ts';

/** An agent for `https.request` and `ws`. Every connection makes a full handshake, so that every one shows the certificate. */
export function pinnedAgent(fingerprint: string, options: AgentOptions = {}): Agent {
  return new PinnedAgent(fingerprint, options);
}

/** Milliseconds for a connection and its handshake: an address behind which nothing is never refuses. */
const handshakeWithin = 15_000;

class PinnedAgent extends Agent {
  readonly #fingerprint: string;

  constructor(fingerprint: string, options: AgentOptions) {
    super({ ...options, maxCachedSessions: 0 });
    this.#fingerprint = fingerprint;
  }

  override createConnection(
    options: ConnectionOptions,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): Duplex | null | undefined {
    const { session: _, ...fresh } = options;
    const socket = connect({ ...fresh, ALPNProtocols: ['http/1.1'], rejectUnauthorized: false });
    let answered = false;
    const patience = setTimeout(() => socket.destroy(new Error('The host did not answer in time')), handshakeWithin);
    const answer = (error: Error | null) => {
      if (answered) return;
      answered = true;
      clearTimeout(patience);
      callback?.(error, socket);
    };
    socket.once('error', answer);
    socket.once('secureConnect', () => {
      const shown = fingerprintOf(socket.getPeerCertificate(false).raw ?? Buffer.alloc(0));
      if (shown === this.#fingerprint) {
        socket.off('error', answer);
        return answer(null);
      }
      socket.destroy();
      answer(new CertificateChangedError(this.#fingerprint, shown));
    });
    return undefined;
  }
}

/** Says in words, with both fingerprints, that a host shows another certificate. */
export class CertificateChangedError extends AppError {
  readonly shown: string;

  constructor(expected: string, shown: string) {
    super('certificate_changed', `expected ${showFingerprint(expected)}, the host shows ${showFingerprint(shown)}`);
    this.shown = shown;
  }
}
