import { monotonicFactory } from 'ulid';
import type { Clock } from './clock.ts';

/** What has an id, and the prefix it carries. An id is `<prefix>-<ULID>`, so ids of one kind sort by age. */
export const idPrefixes = {
  workspace: 'ws',
  user: 'usr',
  node: 'node',
  flow: 'flow',
  version: 'ver',
  run: 'run',
  job: 'job',
  file: 'file',
  key: 'key',
  approval: 'apr',
  trigger: 'trg',
  session: 'ses',
  token: 'tok',
  invite: 'inv',
  host: 'host',
  act: 'act',
} as const;

export type IdKind = keyof typeof idPrefixes;

export interface IdSource {
  next(kind: IdKind): string;
}

/** Makes ids that rise strictly within one process. `random` gives numbers in [0, 1). */
export function createIdSource(clock: Clock, random: () => number): IdSource {
  const ulid = monotonicFactory(random);
  return { next: (kind) => `${idPrefixes[kind]}-${ulid(clock.now())}` };
}
