import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Clock } from '../../shared/clock.ts';
import { HostChoice, RemoteHost, thisComputer } from '../../shared/model/remote-host.ts';
import { Id } from '../../shared/model/values.ts';
import { readJsonFile, writeJsonFile } from '../json-file.ts';
import type { SecretBox } from '../secret-box.ts';

/** What opens a host for this computer. */
export const HostSecrets = Type.Object({
  /** The app's own token of the person; absent where this computer only contributes. */
  token: Type.Optional(Type.Object({ id: Id, secret: Type.String({ maxLength: 512 }) })),
  /** Introduces this computer as a node; spent by the first registration. */
  joinKey: Type.Optional(Type.String({ maxLength: 512 })),
});
export type HostSecrets = Static<typeof HostSecrets>;

/** A host as it is kept. Its secrets are opened once, when the file is read. */
export interface KnownHost extends Omit<RemoteHost, 'standing' | 'contributes'> {
  /** Whether this computer is a node there. */
  contributes: boolean;
  /** Somebody there still has to let this person in. */
  waits: boolean;
  secrets: HostSecrets;
  /** What could not be opened this time, kept as it is: the keychain may be there the next time. */
  unopened?: string;
}

const HostRow = Type.Object({
  ...Type.Omit(RemoteHost, ['standing', 'contributes']).properties,
  contributes: Type.Boolean(),
  waits: Type.Boolean(),
  sealed: Type.String({ maxLength: 8_192, description: 'HostSecrets, closed up by the SecretBox' }),
});

/** `hosts.json` in the data folder; readable by this account alone. */
const HostsFileSchema = Type.Object({ chosen: HostChoice, hosts: Type.Array(HostRow, { maxItems: 32 }) });

export interface HostsOnDisk {
  chosen: string;
  hosts: KnownHost[];
  /** For people: what could not be read. */
  notice: string | null;
}

export const mostHosts = 32;
const pathIn = (dataDir: string) => join(dataDir, 'hosts.json');

/** Reads the hosts that this computer joined; a damaged file is set aside, a secret that does not open now is kept closed. */
export async function readHosts(dataDir: string, box: SecretBox, clock: Clock): Promise<HostsOnDisk> {
  const file = await readJsonFile(pathIn(dataDir), HostsFileSchema, clock);
  if (file.state !== 'read') {
    const notice =
      file.state === 'missing' ? null : `hosts.json was damaged (${file.reason}); it lies at ${file.keptAt}`;
    return { chosen: thisComputer, hosts: [], notice };
  }
  const { chosen, hosts } = file.value;
  const opened = await Promise.all(
    hosts.map(async ({ sealed, ...host }) => ({ ...host, ...(await open(box, sealed)) })),
  );
  return { chosen, hosts: opened, notice: null };
}

export async function writeHosts(
  dataDir: string,
  box: SecretBox,
  { chosen, hosts }: Omit<HostsOnDisk, 'notice'>,
): Promise<void> {
  const rows = await Promise.all(
    hosts.map(async ({ secrets, unopened, ...host }) => ({
      ...host,
      sealed: unopened ?? (await box.seal(JSON.stringify(secrets))),
    })),
  );
  await writeJsonFile(pathIn(dataDir), { chosen, hosts: rows }, 0o600);
}

async function open(box: SecretBox, sealed: string): Promise<Pick<KnownHost, 'secrets' | 'unopened'>> {
  try {
    const secrets: unknown = JSON.parse(await box.open(sealed));
    if (Value.Check(HostSecrets, secrets)) return { secrets };
  } catch {
    // As below: what cannot be opened opens nothing.
  }
  return { secrets: {}, unopened: sealed };
}
