import { randomFillSync } from 'node:crypto';
import type { AttemptTickets } from '../services.ts';

type Attempt = ReturnType<AttemptTickets['check']> & object;

/** 24 random bytes: 192 bits, 32 characters. */
const ticketBytes = 24;

/** Tickets live in memory only: after a restart of the host an attempt that goes on presents itself again. */
export function createAttemptTickets(): AttemptTickets {
  const issued = new Map<string, Attempt>();
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
    issue(attempt) {
      const ticket = draw();
      issued.set(ticket, { ...attempt, delivered: new Set() });
      return ticket;
    },
    revoke: (ticket) => void issued.delete(ticket),
    check: (ticket) => issued.get(ticket) ?? null,
  };
}
