import { type Client, createClient } from '../../shared/api/client.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { HostLook } from '../../shared/model/remote-host.ts';
import { lookAtHost, type ShownCertificate } from '../tls/look-at-host.ts';
import { decidePin } from '../tls/pin.ts';
import { CertificateChangedError } from '../tls/pinned-agent.ts';
import { pinnedFetch } from '../tls/pinned-fetch.ts';
import { type JoinTarget, parseJoinTarget } from './join-target.ts';

/** What a person was shown, and what they trust once they confirm it. */
export interface Looked {
  look: HostLook;
  target: JoinTarget;
  /** The pin from now on; null where authorities vouch, or the host is on this machine. */
  pin: string | null;
}

/**
 * Looks at hosts before anything is sent to them. What a person confirms is named by the id of the look, so that nothing else
 * than what was shown can be trusted.
 */
export interface Looks {
  /** Rejects `bad_request`, `host_away`, `certificate_changed`, `invite_spent`. */
  look(typed: string): Promise<HostLook>;
  /** The person compared the fingerprint with the one that the host shows itself. */
  confirm(lookId: string): Promise<HostLook>;
  /** Rejects `not_found`, and `certificate_unknown` while nobody vouches for the host. */
  take(lookId: string): Looked;
}

const keptFor = 15 * 60_000;
const mostKept = 16;

export function createLooks(deps: {
  clock: Clock;
  nextId: () => string;
  /** The pin of a host that is known already. */
  known: (origin: string) => string | null;
}): Looks {
  const kept = new Map<string, Looked & { at: number }>();

  const keep = (looked: Looked): HostLook => {
    kept.set(looked.look.lookId, { ...looked, at: deps.clock.now() });
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
    return looked.look;
  };

  const find = (lookId: string): Looked => {
    const found = kept.get(lookId);
    if (found === undefined || deps.clock.now() - found.at > keptFor) throw new AppError('not_found', 'Look again');
    return found;
  };

  return {
    async look(typed) {
      const target = parseJoinTarget(typed);
      if (target === null) {
        throw new AppError('bad_request', 'Paste the whole invite link, or KEY@host, such as AB3X7K9M@192.168.0.20');
      }
      const { fingerprint, trust } = await judge(target, deps.known(target.url));
      const pin = trust === 'authority' || trust === 'this-machine' ? null : fingerprint;
      const offer = trust === 'ask' ? null : await offerOf(target, pin);
      const look = { lookId: deps.nextId(), origin: target.url, fingerprint, trust, by: target.by.kind, offer };
      return keep({ look, target, pin });
    },

    async confirm(lookId) {
      const { look, target, pin } = find(lookId);
      return keep({ look: { ...look, trust: 'known', offer: await offerOf(target, pin) }, target, pin });
    },

    take(lookId) {
      const looked = find(lookId);
      if (looked.look.trust === 'ask') throw new AppError('certificate_unknown');
      return looked;
    },
  };
}

async function judge(
  { url, fingerprint: given }: JoinTarget,
  known: string | null,
): Promise<Pick<HostLook, 'fingerprint' | 'trust'>> {
  if (!url.startsWith('https:')) return { fingerprint: null, trust: 'this-machine' };
  const shown: ShownCertificate = await lookAtHost(url).catch((cause: unknown) => {
    throw new AppError('host_away', undefined, { cause });
  });
  const decision = decidePin({ given, known, shown });
  if (decision?.verdict === 'refuse') throw new CertificateChangedError(decision.expected, decision.shown);
  const { fingerprint } = shown;
  if (given !== null) return { fingerprint, trust: 'invited' };
  if (known !== null) return { fingerprint, trust: 'known' };
  return { fingerprint, trust: shown.trusted ? 'authority' : 'ask' };
}

async function offerOf({ url, by }: JoinTarget, pin: string | null): Promise<HostLook['offer']> {
  return by.kind === 'key' ? null : clientOf(url, pin).call('lookAtInvite', { body: { code: by.code } });
}

/** A client of a host whose certificate is pinned (S4). Whatever keeps the host from answering is `host_away`. */
export function clientOf(origin: string, pin: string | null, token?: string): Client {
  const send = pin === null ? globalThis.fetch : pinnedFetch(pin);
  return createClient({
    baseUrl: origin,
    timeout: 15_000,
    ...(token === undefined ? {} : { token }),
    fetch: async (input, init) => {
      try {
        return await send(input, init);
      } catch (error) {
        throw error instanceof AppError ? error : new AppError('host_away', undefined, { cause: error });
      }
    },
  });
}
