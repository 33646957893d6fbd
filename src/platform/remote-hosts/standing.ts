/** How a host stands after it was tried (pure). */
import type { AppError } from '../../shared/errors.ts';
import type { RemoteHost, RemoteHostState } from '../../shared/model/remote-host.ts';
import { CertificateChangedError } from '../tls/pinned-agent.ts';

/** What a try to reach a host showed: it answered, it does not know this person (any more), or why it did not answer. */
export type Reached = 'answered' | 'not-known' | AppError;

export function standingAfter(
  before: RemoteHostState,
  reached: Reached,
  { now, waits }: { now: number; waits: boolean },
): RemoteHostState {
  if (reached === 'answered') return { state: waits ? 'waits' : 'connected' };
  if (reached === 'not-known') return { state: 'removed' };
  if (reached instanceof CertificateChangedError) return { state: 'certificate-changed', shown: reached.shown };
  return before.state === 'offline' ? before : { state: 'offline', since: now };
}

type NodeStanding = NonNullable<RemoteHost['contributes']>['standing'];

/** Where nobody is a member, the host stands as the node's connection to it does. */
export function standingOfNode(before: RemoteHostState, node: NodeStanding, now: number): RemoteHostState {
  switch (node) {
    case 'connecting':
    case 'connected':
      return { state: node };
    case 'refused':
    case 'removed':
      return { state: 'removed' };
    case 'away':
    case 'certificate-changed':
      return before.state === 'offline' ? before : { state: 'offline', since: now };
  }
}
