import { randomFillSync } from 'node:crypto';
import type { AttemptTickets } from '../services.ts';

type Attempt = ReturnType<AttemptTickets['check']> & object;
/** Few attempts deliver anything, and most are never asked for: their set is made when they are. */
type Issued = Omit<Attempt, 'delivered'> & { delivered: Set<string> | null };

/** 24 random bytes: 192 bits, 32 characters. */
const ticketBytes = 24;

/** Tickets live in memory only: after a restart of the host an attempt that goes on presents itself again. */
export function createAttemptTickets(): AttemptTickets {
  const issued = new Map<string, Issued>();
  // Drawn in one go for many tickets, because every dispatch needs one.
  const pool = Buffer.alloc(ticketBytes * 256);
  let used = pool.length;
  const draw = () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    used += ticketBytes;
    return pool.toString('base64url', used - ticketBytes, used);
  };
  return {
    issue({ jobId, fence, blobs }) {
      const ticket = draw();
      issued.set(ticket, { jobId, fence, blobs, delivered: null });
      return ticket;
    },
    revoke: (ticket) => void issued.delete(ticket),
    check(ticket) {
      const attempt = issued.get(ticket);
      if (attempt === undefined) return null;
      attempt.delivered ??= new Set();
      return attempt as Attempt;
    },
  };
}
