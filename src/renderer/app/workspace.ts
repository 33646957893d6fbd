import { createContext, use } from 'react';
import { allows, type Role } from '../../shared/model/user.ts';
import type { Workspace } from '../../shared/model/workspace.ts';

const WorkspaceContext = createContext<Workspace | null>(null);
export const WorkspaceProvider = WorkspaceContext.Provider;

/** The workspace that the page belongs to. */
export function useWorkspace(): Workspace {
  const workspace = use(WorkspaceContext);
  if (workspace === null) throw new Error('useWorkspace needs a workspace page around it');
  return workspace;
}

/** Whether your role in this workspace allows what needs `role`. */
export const useMay = (role: Role): boolean => allows(useWorkspace().role, role);
