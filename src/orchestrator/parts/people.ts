import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { IdSource } from '../../shared/ids.ts';
import type { Acting } from '../audit/acting.ts';
import type { Editor } from '../flow-documents/collaboration.ts';
import { createInvites } from '../invites/invites.ts';
import type { LiveHub, NodeService } from '../services.ts';
import type { Store } from '../store/store.ts';
import { members as memberTable, users } from '../store/tables.ts';
import { createCredentials } from '../workspaces/credentials.ts';
import type { Directory } from '../workspaces/directory.ts';
import { createIdempotency } from '../workspaces/idempotency.ts';
import { createMembers } from '../workspaces/members.ts';
import { createOpenSockets } from '../workspaces/open-sockets.ts';
import type { RandomBytes } from '../workspaces/secrets.ts';
import { createTickets } from '../workspaces/tickets.ts';
import { createWorkspaces } from '../workspaces/workspaces.ts';

export interface PeopleDeps {
  store: Store;
  clock: Clock;
  ids: IdSource;
  random: RandomBytes;
  hub: LiveHub;
  nodes: NodeService;
  directory: Directory;
  /** Cancels what goes on in a workspace before it is deleted. */
  endWork(workspaceId: string): Promise<void>;
  acting: Pick<Acting, 'during'>;
  onVerifyShare?: (workspaceId: string, share: number) => void;
}

/** Who people are, what they may do, and their sockets, which end with their rights (S15). */
export function createPeople(deps: PeopleDeps) {
  const { store, clock, random, directory } = deps;
  const credentials = createCredentials(deps);
  const members = createMembers({ ...deps, credentials });
  const workspaces = createWorkspaces(deps);
  const tickets = createTickets(clock, random);
  const idempotency = createIdempotency(store, clock);
  const sockets = createOpenSockets();
  /** Somebody who is in no workspace any more has nothing to be signed in for. */
  const signOutIfNowhere = async (userId: string) => {
    const elsewhere = await store.count(memberTable, { userId });
    const user = await store.get(users, { id: userId });
    if (elsewhere === 0 && user?.hostAdmin !== true) await credentials.endAll(userId);
  };
  const invites = createInvites({ ...deps, onTurnedAway: signOutIfNowhere });
  members.onRemoved(async ({ workspaceId, userId }) => {
    await invites.memberLeft(workspaceId, userId);
    await signOutIfNowhere(userId);
  });
  members.onLess(({ userId, workspaceId }) => sockets.endMember(userId, workspaceId));
  credentials.onEnded((credentialId) => sockets.endCredential(credentialId));
  workspaces.onDeleted((workspaceId) => sockets.endWorkspace(workspaceId));

  /** Who opens a flow document with this ticket. */
  const admit = async (ticket: string, flowId: string): Promise<Editor> => {
    const holder = tickets.redeem(ticket);
    const person = holder === null ? null : await credentials.principalOf(holder);
    if (person === null) throw new AppError('ticket_spent');
    const found = await directory.access(person.user.id, 'flow', flowId);
    if (found === null) throw new AppError('not_found');
    return { userId: person.user.id, name: person.user.name, credentialId: person.credentialId, ...found };
  };

  return { credentials, members, invites, workspaces, tickets, directory, idempotency, sockets, admit };
}

export type People = ReturnType<typeof createPeople>;
