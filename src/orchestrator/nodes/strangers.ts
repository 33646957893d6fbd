/** Nodes that came without a key and belong to no workspace: anybody can make them, so they are bounded and forgotten. */
import type { Clock } from '../../shared/clock.ts';
import { addressGroup } from '../address-group.ts';
import type { Roster, RosterNode } from './roster.ts';

/** On this host at once, and new ones from one address in an hour. */
export const maxStrangers = 20_000;
export const newPerHour = 500;
/** So long one that is not connected is remembered, while it never belonged to a workspace and never did a job. */
const forgetAfter = 24 * 3_600_000;
const hour = 3_600_000;
const maxAddresses = 10_000;

export interface Strangers {
  /** Whether one more may register from there. */
  mayCome(address: string): boolean;
  came(address: string): void;
  /** The ids of those to forget. */
  spent(): string[];
}

export function createStrangers(roster: Roster, clock: Clock): Strangers {
  const byAddress = new Map<string, { since: number; count: number }>();
  const newFrom = (address: string) => {
    const known = byAddress.get(addressGroup(address));
    return known === undefined || clock.now() - known.since > hour ? 0 : known.count;
  };
  const all = () => [...roster.all()].filter(isStranger);
  return {
    // They are counted only where there could be too many of them.
    mayCome: (address) => newFrom(address) < newPerHour && (roster.size < maxStrangers || all().length < maxStrangers),
    came(address) {
      const group = addressGroup(address);
      const count = newFrom(address);
      const since = count === 0 ? clock.now() : (byAddress.get(group)?.since ?? clock.now());
      byAddress.delete(group);
      byAddress.set(group, { since, count: count + 1 });
      const [oldest] = byAddress.keys();
      if (byAddress.size > maxAddresses && oldest !== undefined) byAddress.delete(oldest);
    },
    spent: () =>
      all()
        .filter(
          ({ session, heardAt, row }) => session === null && clock.now() - heardAt > forgetAfter && hasNoPast(row),
        )
        .map(({ row }) => row.id),
  };
}

const isStranger = ({ workspaces, row }: RosterNode) => workspaces.size === 0 && !row.embedded;
const hasNoPast = ({ done, nodeFaults }: RosterNode['row']) => done === 0 && nodeFaults === 0;
