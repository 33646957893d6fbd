import {
  Boxes,
  ChartColumn,
  CircleUserRound,
  KeyRound,
  type LucideIcon,
  Monitor,
  Server,
  Settings,
  SquarePlay,
  Users,
  Workflow,
} from 'lucide-react';

/** The pages of a workspace, in the order of the sidebar. Only what exists stands here. */
export interface PageEntry {
  to:
    | '/w/$workspaceId/flows'
    | '/w/$workspaceId/runs'
    | '/w/$workspaceId/nodes'
    | '/w/$workspaceId/models'
    | '/w/$workspaceId/keys'
    | '/w/$workspaceId/members'
    | '/w/$workspaceId/usage'
    | '/w/$workspaceId/settings'
    | '/w/$workspaceId/this-node'
    | '/w/$workspaceId/you';
  label: string;
  icon: LucideIcon;
}

export const workPages: readonly PageEntry[] = [
  { to: '/w/$workspaceId/flows', label: 'Flows', icon: Workflow },
  { to: '/w/$workspaceId/runs', label: 'Runs', icon: SquarePlay },
  { to: '/w/$workspaceId/nodes', label: 'Nodes', icon: Server },
  { to: '/w/$workspaceId/models', label: 'Models', icon: Boxes },
  { to: '/w/$workspaceId/keys', label: 'Keys', icon: KeyRound },
  { to: '/w/$workspaceId/members', label: 'Members', icon: Users },
  { to: '/w/$workspaceId/usage', label: 'Usage', icon: ChartColumn },
  { to: '/w/$workspaceId/settings', label: 'Settings', icon: Settings },
];

export const thisNodePage: PageEntry = { to: '/w/$workspaceId/this-node', label: 'This node', icon: Monitor };
export const youPage: PageEntry = { to: '/w/$workspaceId/you', label: 'You', icon: CircleUserRound };

/** On a narrow screen: four tabs at the foot; the other pages stand on the last of them. */
export const footPages: readonly PageEntry[] = [...workPages.slice(0, 3), youPage];
export const morePages: readonly PageEntry[] = workPages.slice(3);
