import { createInterface } from 'node:readline/promises';
import { keepFingerprint, knownFingerprint } from '../platform/known-hosts.ts';
import { lookAtHost } from '../platform/tls/look-at-host.ts';
import { decidePin } from '../platform/tls/pin.ts';
import { CertificateChangedError } from '../platform/tls/pinned-agent.ts';
import { AppError } from '../shared/errors.ts';
import { showFingerprint } from '../shared/fingerprint.ts';
import { CommandError } from './failure.ts';

/** Asks the person at the terminal; null where there is none. */
export type Ask = ((question: string) => Promise<boolean>) | null;

/**
 * Which certificate of a host is taken from now on (S4): its fingerprint, or null where authorities vouch for it or the
 * connection stays on this machine. What is decided is kept in the data folder.
 */
export async function trustHost(
  { url, given, dataDir }: { url: string; given: string | null; dataDir: string },
  ask: Ask = askAtTerminal(),
): Promise<string | null> {
  if (!url.startsWith('https:')) return null;
  const known = await knownFingerprint(dataDir, url);
  const decision = decidePin({ given, known, shown: await lookAtHost(url).catch(() => null) });
  if (decision === null) throw new CommandError(`${url} does not answer.`);
  switch (decision.verdict) {
    case 'refuse':
      throw new CertificateChangedError(decision.expected, decision.shown);
    case 'connect':
      if (decision.keep && decision.pin !== null) await keepFingerprint(dataDir, url, decision.pin);
      return decision.pin;
    case 'ask':
      await confirm(url, decision.fingerprint, ask);
      await keepFingerprint(dataDir, url, decision.fingerprint);
      return decision.fingerprint;
  }
}

async function confirm(url: string, fingerprint: string, ask: Ask): Promise<void> {
  const shown = `${url} shows the certificate\n  ${showFingerprint(fingerprint)}\n  ${fingerprint}`;
  if (ask === null) throw new AppError('certificate_unknown', shown);
  const yes = await ask(`${shown}\nDoes the host itself show the same? Only then is it the right one. [y/N] `);
  if (!yes) throw new CommandError('Nothing was sent to the host.');
}

function askAtTerminal(): Ask {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return null;
  return async (question) => {
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    try {
      return /^y(es)?$/i.test((await terminal.question(question)).trim());
    } finally {
      terminal.close();
    }
  };
}
