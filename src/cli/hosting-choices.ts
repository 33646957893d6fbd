import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { usualTlsPort } from '../platform/ports.ts';
import { showFingerprint } from '../shared/fingerprint.ts';
import type { OrchestratorReady, OrchestratorStart } from '../shared/services.ts';
import { CommandError } from './failure.ts';

export interface ListenAddress {
  address: string;
  port: number;
}

/** Reads `ADDRESS[:port]`; IPv6 with a port in brackets. Null when it is none. */
export function parseListen(typed: string): ListenAddress | null {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-f:.]+)\]|([^:\s]+))(?::(\d{1,5}))?$/i.exec(typed) ?? [];
  const address = bracketed ?? plain ?? typed;
  const number = port === undefined ? usualTlsPort : Number(port);
  return isIP(address) === 0 || number > 65_535 ? null : { address, port: number };
}

/** What the options of `otherthing host` say about other machines. */
export function hostingChoices(options: {
  listen?: ListenAddress;
  name?: string[];
  findable?: boolean;
  tlsCert?: string;
  tlsKey?: string;
  trustProxy?: string;
}): { hosting?: NonNullable<OrchestratorStart['hosting']> } {
  const { listen, name, findable, tlsCert, tlsKey, trustProxy } = options;
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new CommandError('--tls-cert and --tls-key belong together.');
  }
  const hosting = {
    ...(listen === undefined ? {} : { listen }),
    ...(name === undefined ? {} : { names: name }),
    ...(findable === undefined ? {} : { findable }),
    ...(tlsCert === undefined || tlsKey === undefined ? {} : { certFile: resolve(tlsCert), keyFile: resolve(tlsKey) }),
    ...(trustProxy === undefined ? {} : { proxy: trustProxy.toLowerCase() }),
  };
  return Object.keys(hosting).length === 0 ? {} : { hosting };
}

/** What a person at the terminal reads about it; nothing while only this machine reaches the host. */
export function hostingLines({ origins, fingerprint, problem }: OrchestratorReady['hosting']): string[] {
  if (problem !== null) return [`  Team   other machines cannot reach this host: ${problem}`];
  if (origins.length === 0) return [];
  const addresses = origins.map((origin, index) => `${index === 0 ? '  Team   ' : '         '}${origin}`);
  if (fingerprint === null) return addresses;
  return [...addresses, `         certificate ${showFingerprint(fingerprint)}`, `         ${fingerprint}`];
}
