import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { systemClock } from '../shared/clock.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

/** `known-hosts.json` in the data folder of a node: the fingerprint by which it knows each host, by the host's origin. */
const KnownHosts = Type.Record(Type.String(), Type.String({ pattern: '^sha256:[0-9a-f]{64}$' }));

const pathIn = (dataDir: string) => join(dataDir, 'known-hosts.json');

/** Null where the host is not known. */
export async function knownFingerprint(dataDir: string, origin: string): Promise<string | null> {
  return (await readAll(dataDir))[origin] ?? null;
}

export async function keepFingerprint(dataDir: string, origin: string, fingerprint: string): Promise<void> {
  await writeJsonFile(pathIn(dataDir), { ...(await readAll(dataDir)), [origin]: fingerprint });
}

async function readAll(dataDir: string): Promise<Static<typeof KnownHosts>> {
  const file = await readJsonFile(pathIn(dataDir), KnownHosts, systemClock);
  return file.state === 'read' ? file.value : {};
}
