import type { Clock } from '../../shared/clock.ts';
import { hashSecret, newSecret, type RandomBytes } from './secrets.ts';

/** Who a ticket stands for: the person, and the credential it was asked for with, so that it ends with that one. */
export interface TicketHolder {
  userId: string;
  /** Session or token; null for the owner's token of this start. */
  credentialId: string | null;
}

export interface Tickets {
  issue(holder: TicketHolder): { ticket: string; expiresAt: number };
  /** Answers once, and within 30 s; null ever after. */
  redeem(ticket: string): TicketHolder | null;
}

const lifetime = 30_000;
const mostAtOnce = 10_000;

/** Tickets for sockets and downloads, in memory: single use, 30 seconds (data.md). */
export function createTickets(clock: Clock, random: RandomBytes): Tickets {
  const open = new Map<string, { holder: TicketHolder; expiresAt: number }>();

  const forgetOld = () => {
    for (const [hash, { expiresAt }] of open) {
      if (expiresAt > clock.now() && open.size < mostAtOnce) return;
      open.delete(hash);
    }
  };

  return {
    issue(holder) {
      forgetOld();
      const ticket = newSecret(random);
      const expiresAt = clock.now() + lifetime;
      open.set(hashSecret(ticket), { holder, expiresAt });
      return { ticket, expiresAt };
    },
    redeem(ticket) {
      const hash = hashSecret(ticket);
      const found = open.get(hash);
      open.delete(hash);
      return found !== undefined && found.expiresAt > clock.now() ? found.holder : null;
    },
  };
}
