/** `otherthing join --find`: hosts that announce themselves on the local network. Being found is no reason to trust them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { findHosts } from '../platform/local-network/local-network.ts';
import { showFingerprint } from '../shared/fingerprint.ts';
import type { FoundHost } from '../shared/model/remote-host.ts';
import { parseShareKey } from '../shared/share-key.ts';
import { CommandError } from './failure.ts';

/** Milliseconds: hosts answer within a second; a lost answer is asked for again. */
const lookFor = 3_000;

/** Prints who is there, and how to join them. */
export async function listFoundHosts(): Promise<void> {
  for (const line of foundLines(await look())) console.log(line);
}

/** `KEY@host` for a key alone, where exactly one host is found. Throws a CommandError otherwise. */
export async function besideFoundHost(typed: string, find: () => Promise<FoundHost[]> = look): Promise<string> {
  const key = parseShareKey(typed);
  if (key === null)
    throw new CommandError('With --find say the share key of a workspace alone, or nothing to look around.');
  const found = await find();
  const [only, another] = found;
  if (only === undefined) throw new CommandError('No host was found on the local network. Say KEY@host instead.');
  if (another !== undefined) {
    throw new CommandError(`Several hosts were found; say which.\n${foundLines(found, key).join('\n')}`);
  }
  return `${key}@${new URL(only.origin).host}`;
}

/** What a person reads about them. */
export function foundLines(found: readonly FoundHost[], key = 'KEY'): string[] {
  if (found.length === 0) return ['No host was found on the local network.'];
  return found.flatMap(({ name, origin, fingerprint, version }) => [
    `${name} (OtherThing ${version})`,
    `  otherthing join ${key}@${new URL(origin).host}`,
    ...(fingerprint === null ? [] : [`  says its certificate is ${showFingerprint(fingerprint)}`]),
  ]);
}

async function look(): Promise<FoundHost[]> {
  const troubles: Error[] = [];
  const finder = await findHosts({ onTrouble: (error) => troubles.push(error) });
  try {
    await sleep(lookFor);
    const found = finder.found();
    const [trouble] = troubles;
    if (found.length === 0 && trouble !== undefined)
      throw new CommandError(`The local network could not be asked: ${trouble.message}`);
    return found;
  } finally {
    await finder.stop();
  }
}
