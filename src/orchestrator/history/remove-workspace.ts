import { remove, type Store, type Table, table } from '../store/store.ts';
import { members, workspaces } from '../store/tables.ts';
import { belongings, drain, workspaceTables } from './belongings.ts';

const atOnce = 50;

const owners = [
  { name: 'runs', parts: belongings.run },
  { name: 'jobs', parts: belongings.job },
  { name: 'flows', parts: belongings.flow },
] as const;

/**
 * Removes all that is in a workspace in small transactions, so that a large one costs no more memory than a small one and
 * holds nobody up; itself last: a kill in between leaves a workspace that can be deleted again. Its blobs go with the sweep.
 */
export async function removeWorkspace(store: Store, workspaceId: string): Promise<void> {
  for (const { name, parts } of owners) await removeOwners(store, narrow(name), workspaceId, parts);
  const last: string[] = [members.name, workspaces.name];
  for (const one of workspaceTables) if (!last.includes(one.name)) await drain(store, one, { workspaceId });
  await store.commit([remove(members, { workspaceId }), remove(workspaces, { id: workspaceId })]);
}

async function removeOwners(
  store: Store,
  from: Table<Owner>,
  workspaceId: string,
  parts: (typeof owners)[number]['parts'],
): Promise<void> {
  for (;;) {
    const ids = (await store.list(from, { where: { workspaceId }, limit: atOnce })).map(({ id }) => id);
    if (ids.length === 0) return;
    for (const { table: part, column } of parts) await drain(store, part, { [column]: ids });
    await store.commit([remove(from, { id: ids })]);
  }
}

interface Owner {
  id: string;
  workspaceId: string;
}

/** A table of which only this is read. */
const narrow = (name: string): Table<Owner> =>
  table<Owner>({ name, key: ['id'], columns: { id: 'text', workspaceId: 'text' } });
