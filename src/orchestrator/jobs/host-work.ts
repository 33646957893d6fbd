/** The work of the host itself, as the engine sees it: jobs of kinds that no node gets (host-executors/desk.ts). */
import type { HostMessage } from '../../shared/protocol/node.ts';
import type { JobRow } from '../store/tables.ts';

export interface HostWork {
  readonly kinds: ReadonlySet<string>;
  /** Jobs with the same lane wait in one line. */
  laneOf(row: JobRow): string;
  /** A job may be placed, or room became free. */
  wake(): void;
  /** What a node would be sent. */
  send(message: HostMessage): void;
}

/** An orchestrator that does nothing itself. */
export const noHostWork: HostWork = {
  kinds: new Set(),
  laneOf: () => '',
  wake: () => undefined,
  send: () => undefined,
};
