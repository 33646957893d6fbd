import { allows, type Role, roles } from '../../../shared/model/user.ts';

export const roleWords: Readonly<Record<Role, string>> = {
  viewer: 'Viewer',
  member: 'Member',
  admin: 'Admin',
  owner: 'Owner',
};

const notes: Readonly<Record<Role, string>> = {
  viewer: 'looks',
  member: 'builds and runs',
  admin: 'lets people and machines in',
  owner: 'everything',
};

/** The roles that somebody with `held` can give. */
export function roleOptions(held: Role): { value: Role; label: string; note: string }[] {
  return roles
    .filter((role) => allows(held, role))
    .map((role) => ({ value: role, label: roleWords[role], note: notes[role] }));
}
