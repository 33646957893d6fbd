import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { fingerprintOf } from './certificate-files.ts';

/** The certificate that a host shows. */
export interface ShownCertificate {
  fingerprint: string;
  /** Whether this machine trusts it without being told: an authority that it knows vouches for this name. */
  trusted: boolean;
}

/** Asks a host for its certificate and sends nothing. Rejects with the socket's error, or after `timeout` ms. */
export function lookAtHost(origin: string, timeout = 10_000): Promise<ShownCertificate> {
  const { hostname, port } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: port === '' ? 443 : Number(port),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      rejectUnauthorized: false,
      timeout,
    });
    socket.once('error', reject);
    socket.once('timeout', () => socket.destroy(new Error(`${origin} did not answer`)));
    socket.once('secureConnect', () => {
      const { raw } = socket.getPeerCertificate(false);
      resolve({ fingerprint: fingerprintOf(raw ?? Buffer.alloc(0)), trusted: socket.authorized });
      socket.destroy();
    });
  });
}
