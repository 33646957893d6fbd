import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { HostCertificate } from '../../shared/model/hosting.ts';
import { writeTextFile } from '../text-file.ts';
import { type KeyAndCertificate, makeSelfSigned } from './self-signed.ts';

/** The certificate of a host, ready to be served. */
export interface HostIdentityFiles extends KeyAndCertificate {
  facts: HostCertificate;
}

/** Where somebody keeps a certificate and its key. */
export interface CertificatePaths {
  certFile: string;
  keyFile: string;
}

/** Where a host keeps its own, below the data folder. */
export function ownCertificatePaths(dataDir: string): CertificatePaths {
  return { certFile: join(dataDir, 'tls', 'certificate.pem'), keyFile: join(dataDir, 'tls', 'key.pem') };
}

/** Reads the host's own certificate, or makes it: once, and kept (S4). Throws where what is there does not fit together. */
export async function ownCertificate(dataDir: string, hostname: string, now: number): Promise<HostIdentityFiles> {
  const paths = ownCertificatePaths(dataDir);
  const missing = await stat(paths.certFile).then(
    () => false,
    () => true,
  );
  if (missing) {
    const made = makeSelfSigned(namesOfThisMachine(hostname), now);
    // The key first: a certificate without its key would be taken for finished.
    await writeTextFile(paths.keyFile, made.key);
    await writeTextFile(paths.certFile, made.certificate);
  }
  return readCertificate(paths);
}

/** Reads a certificate (or a chain, its own first) and its key; throws in words when they cannot be used. */
export async function readCertificate({ certFile, keyFile }: CertificatePaths): Promise<HostIdentityFiles> {
  const [certificate, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  return { certificate, key, facts: factsOf(certificate, key, certFile) };
}

function factsOf(certificate: string, key: string, path: string): HostCertificate {
  const parsed = new X509Certificate(certificate);
  if (!parsed.checkPrivateKey(createPrivateKey(key))) throw new Error(`The key does not belong to ${path}`);
  return {
    fingerprint: fingerprintOf(parsed.raw),
    selfSigned: parsed.issuer === parsed.subject && parsed.verify(parsed.publicKey),
    validUntil: parsed.validToDate.getTime(),
  };
}

/** `sha256:<hex>` of a certificate in DER form. */
export function fingerprintOf(certificate: Uint8Array): string {
  return `sha256:${createHash('sha256').update(certificate).digest('hex')}`;
}

function namesOfThisMachine(hostname: string): string[] {
  const dns = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(hostname) ? [hostname.toLowerCase()] : [];
  return [...new Set(['localhost', ...dns, '127.0.0.1', '::1', ...addressesOfThisMachine()])];
}

/** Addresses by which other machines can reach this one, IPv4 first. Link-local ones need a zone and are left out. */
export function addressesOfThisMachine(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all
    .filter(({ internal, address }) => !internal && isIP(address) !== 0 && !/^(fe80:|169\.254\.)/i.test(address))
    .map(({ address }) => address)
    .sort((one, other) => isIP(one) - isIP(other));
}
