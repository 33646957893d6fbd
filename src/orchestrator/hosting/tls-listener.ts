import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KeyAndCertificate } from '../../platform/tls/self-signed.ts';

/** A listener for other machines. */
export interface TlsListener {
  readonly address: string;
  readonly port: number;
  /** Serves another certificate from the next connection on. */
  present(certificate: KeyAndCertificate): void;
  /** Refuses what is new and ends what is there. */
  close(): Promise<void>;
}

/**
 * Listens with TLS. `attach` makes the server serve the same as the one on loopback does. Rejects with Node's EADDRINUSE,
 * EADDRNOTAVAIL or EACCES.
 */
export async function openTlsListener(options: {
  certificate: KeyAndCertificate;
  address: string;
  port: number;
  attach(server: Server): () => Promise<void>;
}): Promise<TlsListener> {
  const { certificate, key } = options.certificate;
  const server = createServer({ cert: certificate, key, minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'] });
  const detach = options.attach(server);
  try {
    await listen(server, options.address, options.port);
  } catch (error) {
    await detach();
    throw error;
  }
  const { address, port } = server.address() as AddressInfo;
  return {
    address,
    port,
    present: (next) => server.setSecureContext({ cert: next.certificate, key: next.key, minVersion: 'TLSv1.2' }),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await detach();
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
