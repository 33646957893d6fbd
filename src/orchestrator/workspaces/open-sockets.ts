/** The sockets of people, so that they end at once when what allowed them ends (S15). */
export interface OpenSockets {
  /** Remembers a socket until `forget` is called. */
  add(entry: OpenSocket): () => void;
  /** How many each person has open now. */
  count(): ReadonlyMap<string, number>;
  /** Closes those that belong to an ended session or token. */
  endCredential(credentialId: string): void;
  /** Closes those that somebody has in a workspace: its documents, and what follows its events. */
  endMember(userId: string, workspaceId: string): void;
  /** Closes the documents of a workspace that was deleted. */
  endWorkspace(workspaceId: string): void;
}

export interface OpenSocket {
  userId: string;
  credentialId: string | null;
  /** The workspace of a flow document; null for a live socket, which may follow several. */
  workspaceId: string | null;
  close(reason: 'signed_out' | 'role_changed'): void;
}

export function createOpenSockets(): OpenSockets {
  const open = new Set<OpenSocket>();
  const closeThose = (which: (entry: OpenSocket) => boolean, reason: 'signed_out' | 'role_changed') => {
    for (const entry of open) if (which(entry)) entry.close(reason);
  };
  return {
    add(entry) {
      open.add(entry);
      return () => open.delete(entry);
    },
    count() {
      const counts = new Map<string, number>();
      for (const { userId } of open) counts.set(userId, (counts.get(userId) ?? 0) + 1);
      return counts;
    },
    endCredential: (credentialId) => closeThose((entry) => entry.credentialId === credentialId, 'signed_out'),
    endMember: (userId, workspaceId) =>
      closeThose(
        (entry) => entry.userId === userId && (entry.workspaceId === null || entry.workspaceId === workspaceId),
        'role_changed',
      ),
    endWorkspace: (workspaceId) => closeThose((entry) => entry.workspaceId === workspaceId, 'role_changed'),
  };
}
