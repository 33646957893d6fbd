/** Limits on guessing keys (protocol.md): 5 a minute per address, 100 an hour per host. Only failures count. */
import type { Clock } from '../../shared/clock.ts';
import { addressGroup } from '../address-group.ts';

export const guessesPerMinute = 5;
export const guessesPerHour = 100;
const minute = 60_000;
const hour = 3_600_000;
/** Addresses remembered at most; failures older than a minute are forgotten first. */
const maxAddresses = 10_000;

export interface Guesses {
  /** Whether this address has failed too often lately. */
  addressSpent(address: string): boolean;
  /** Whether the host has seen too many failures from anywhere. */
  hostSpent(): boolean;
  failed(address: string): void;
}

export function createGuesses(clock: Clock): Guesses {
  const byAddress = new Map<string, number[]>();
  let all: number[] = [];
  const recent = (times: readonly number[], window: number) => times.filter((time) => clock.now() - time < window);
  return {
    addressSpent: (address) => recent(byAddress.get(addressGroup(address)) ?? [], minute).length >= guessesPerMinute,
    hostSpent: () => recent(all, hour).length >= guessesPerHour,
    failed(address) {
      const group = addressGroup(address);
      const times = [...recent(byAddress.get(group) ?? [], minute), clock.now()];
      byAddress.delete(group);
      byAddress.set(group, times.slice(-guessesPerMinute));
      all = [...recent(all, hour), clock.now()].slice(-guessesPerHour);
      const [oldest] = byAddress.keys();
      if (byAddress.size > maxAddresses && oldest !== undefined) byAddress.delete(oldest);
    },
  };
}
