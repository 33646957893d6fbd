/**
 * A certificate that a host makes for itself (S4). Nobody vouches for it: those who join pin its fingerprint. So it needs no
 * authority, no renewal and no library for those; RFC 5280 names every field.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { bits, der, integer, octets, oid, sequence, set, tagged, time, utf8, yes } from './der.ts';

export interface KeyAndCertificate {
  /** PEM. */
  certificate: string;
  /** PKCS #8 PEM. */
  key: string;
}

const day = 24 * 60 * 60_000;
const validDays = 20 * 365;
const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));

/** Makes a P-256 key and a certificate for `names` (DNS names and addresses), valid from yesterday for 20 years. */
export function makeSelfSigned(names: readonly string[], now: number): KeyAndCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const fields = toBeSigned(publicKey, names, now);
  const signature = sign('sha256', fields, privateKey);
  const certificate = sequence(fields, ecdsaWithSha256, bits(signature));
  return {
    certificate: pem('CERTIFICATE', certificate),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function toBeSigned(publicKey: KeyObject, names: readonly string[], now: number): Buffer {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const name = sequence(set(sequence(oid('2.5.4.3'), utf8('OtherThing host'))));
  return sequence(
    tagged(0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ecdsaWithSha256,
    name,
    sequence(time(now - day), time(now + validDays * day)),
    name,
    spki,
    tagged(3, extensions(spki, names)),
  );
}

function extensions(spki: Buffer, names: readonly string[]): Buffer {
  const extension = (id: string, critical: boolean, value: Buffer) =>
    sequence(oid(id), ...(critical ? [yes] : []), octets(value));
  const keyId = createHash('sha1').update(spki).digest();
  return sequence(
    extension('2.5.29.19', true, sequence()), // basicConstraints: no authority
    extension('2.5.29.15', true, der(0x03, Buffer.from([7, 0x80]))), // keyUsage: digitalSignature
    extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))), // extendedKeyUsage: serverAuth
    extension('2.5.29.14', false, octets(keyId)), // subjectKeyIdentifier
    extension('2.5.29.17', false, sequence(...names.map(generalName))), // subjectAltName
  );
}

function generalName(name: string): Buffer {
  if (isIP(name) === 0) return der(0x82, Buffer.from(name, 'ascii'));
  return der(0x87, isIP(name) === 4 ? Buffer.from(name.split('.').map(Number)) : ipv6Bytes(name));
}

function ipv6Bytes(address: string): Buffer {
  // The URL parser writes every form (`::`, embedded IPv4) as groups of hexadecimal digits.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string | undefined) => (text === undefined || text === '' ? [] : text.split(':'));
  const [left, right] = [groups(head), groups(tail)];
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
  return Buffer.from(all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]));
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
