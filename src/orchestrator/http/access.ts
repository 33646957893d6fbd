import type { RouteContract } from '../../shared/api/route.ts';
import { AppError } from '../../shared/errors.ts';
import { allows } from '../../shared/model/user.ts';
import type { Principal } from '../workspaces/credentials.ts';
import type { Directory } from '../workspaces/directory.ts';
import type { Granted } from './call.ts';

/**
 * S1: what a contract's `access` allows. Somebody without any role in the resource's workspace learns nothing, not even that
 * it exists (404); a role that is too low is told so (403).
 */
export async function grant(
  contract: RouteContract,
  person: Principal | null,
  id: string | undefined,
  directory: Directory,
): Promise<Granted> {
  const { access, resource } = contract;
  if (access === 'public' || access === 'ticket' || access === 'hook') return { person, workspaceId: null, role: null };
  if (person === null) throw new AppError('not_signed_in');
  if (access === 'user') return { person, workspaceId: null, role: null };
  if (access === 'hostAdmin') {
    if (!person.user.hostAdmin) throw new AppError('forbidden', 'Only administrators of the host may do this');
    return { person, workspaceId: null, role: null };
  }
  if (resource === null || id === undefined)
    throw new Error(`The route ${contract.name} asks for a role, but in nothing`);
  const found = await directory.access(person.user.id, resource, id);
  if (found === null) throw new AppError('not_found');
  if (!allows(found.role, access))
    throw new AppError('forbidden', `This takes the role ${access}; yours is ${found.role}`);
  return { person, workspaceId: found.workspaceId, role: found.role };
}
