import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { readJsonFile, writeJsonFile } from '../platform/json-file.ts';
import type { Clock } from '../shared/clock.ts';
import { proofText } from '../shared/protocol/node.ts';

/** `node-identity.json`, mode 0600: the private key as PKCS #8 DER in base64. */
const IdentityFile = Type.Object({ algorithm: Type.Literal('ed25519'), privateKey: Type.String({ maxLength: 400 }) });

/** By which a node proves that it is the one that registered first (N2). */
export interface Identity {
  /** SPKI DER in base64. */
  publicKey: string;
  /** Ed25519 over `otherthing-node:<node id>:<nonce>`, in base64. */
  prove(nodeId: string, nonce: string): string;
}

export interface OpenedIdentity {
  identity: Identity;
  /** Made anew because the file was damaged: hosts that know the node will not know this key. */
  replaced: boolean;
}

export async function openIdentity(dataDir: string, clock: Clock): Promise<OpenedIdentity> {
  const path = join(dataDir, 'node-identity.json');
  const found = await readJsonFile(path, IdentityFile, clock);
  const key = found.state === 'read' ? readKey(found.value) : null;
  if (key !== null) return { identity: identityOf(key), replaced: false };
  const { privateKey } = generateKeyPairSync('ed25519');
  const der = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
  await writeJsonFile(path, { algorithm: 'ed25519', privateKey: der } satisfies Static<typeof IdentityFile>);
  return { identity: identityOf(privateKey), replaced: found.state !== 'missing' };
}

function readKey(file: Static<typeof IdentityFile>): KeyObject | null {
  try {
    const key = createPrivateKey({ key: Buffer.from(file.privateKey, 'base64'), format: 'der', type: 'pkcs8' });
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}

function identityOf(privateKey: KeyObject): Identity {
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).toString('base64');
  return {
    publicKey,
    prove: (nodeId, nonce) => sign(null, Buffer.from(proofText(nodeId, nonce), 'ascii'), privateKey).toString('base64'),
  };
}
